//! What filters may ask of records: the fields that Consul 1.8.7 lets be asked for.

use proconsul_filter::Shape::{self, Boolean, Integer, List, Map, Record, Text};

/// A node.
pub static NODE: Shape = Record(NODE_FIELDS);

/// An instance of a service by itself.
pub static SERVICE: Shape = Record(SERVICE_FIELDS);

/// A check.
pub static CHECK: Shape = Record(CHECK_FIELDS);

/// An instance with its node and its checks.
pub static HEALTH: Shape = Record(&[
    ("Node", Record(NODE_FIELDS)),
    ("Service", Record(SERVICE_FIELDS)),
    ("Checks", List(&Record(CHECK_FIELDS))),
]);

/// A node with all that is on it.
pub static DUMP: Shape = Record(&[
    ("ID", Text),
    ("Node", Text),
    ("Address", Text),
    ("TaggedAddresses", Map(&Text)),
    ("Meta", Map(&Text)),
    ("Services", List(&SERVICE)),
    ("Checks", List(&CHECK)),
]);

/// An intention.
pub static INTENTION: Shape = Record(&[
    ("ID", Text),
    ("Description", Text),
    ("SourceNS", Text),
    ("SourceName", Text),
    ("DestinationNS", Text),
    ("DestinationName", Text),
    ("SourceType", Text),
    ("Action", Text),
    ("DefaultAddr", Text),
    ("DefaultPort", Integer),
    ("Meta", Map(&Text)),
    ("Precedence", Integer),
]);

/// An instance and its node as one record.
pub static INSTANCE: Shape = Record(&[
    ("ID", Text),
    ("Node", Text),
    ("Address", Text),
    ("Datacenter", Text),
    ("TaggedAddresses", Map(&Text)),
    ("NodeMeta", Map(&Text)),
    ("ServiceKind", Text),
    ("ServiceID", Text),
    ("ServiceName", Text),
    ("ServiceTags", List(&Text)),
    ("ServiceAddress", Text),
    ("ServiceTaggedAddresses", Map(&Record(ADDRESS_FIELDS))),
    ("ServiceWeights", Record(WEIGHTS_FIELDS)),
    ("ServiceMeta", Map(&Text)),
    ("ServicePort", Integer),
    ("ServiceEnableTagOverride", Boolean),
    ("ServiceProxy", Record(PROXY_FIELDS)),
    ("ServiceConnect", Record(CONNECT_FIELDS)),
]);

const NODE_FIELDS: &[(&str, Shape)] = &[
    ("ID", Text),
    ("Node", Text),
    ("Address", Text),
    ("Datacenter", Text),
    ("TaggedAddresses", Map(&Text)),
    ("Meta", Map(&Text)),
];

const SERVICE_FIELDS: &[(&str, Shape)] = &[
    ("Kind", Text),
    ("ID", Text),
    ("Service", Text),
    ("Tags", List(&Text)),
    ("Address", Text),
    ("TaggedAddresses", Map(&Record(ADDRESS_FIELDS))),
    ("Meta", Map(&Text)),
    ("Port", Integer),
    ("Weights", Record(WEIGHTS_FIELDS)),
    ("EnableTagOverride", Boolean),
    ("Proxy", Record(PROXY_FIELDS)),
    ("Connect", Record(CONNECT_FIELDS)),
];

const CHECK_FIELDS: &[(&str, Shape)] = &[
    ("Node", Text),
    ("CheckID", Text),
    ("Name", Text),
    ("Status", Text),
    ("Notes", Text),
    ("Output", Text),
    ("ServiceID", Text),
    ("ServiceName", Text),
    ("ServiceTags", List(&Text)),
    ("Type", Text),
];

const ADDRESS_FIELDS: &[(&str, Shape)] = &[("Address", Text), ("Port", Integer)];

const WEIGHTS_FIELDS: &[(&str, Shape)] = &[("Passing", Integer), ("Warning", Integer)];

const CONNECT_FIELDS: &[(&str, Shape)] = &[("Native", Boolean)];

const MODE_FIELDS: &[(&str, Shape)] = &[("Mode", Text)];

const PROXY_FIELDS: &[(&str, Shape)] = &[
    ("DestinationServiceName", Text),
    ("DestinationServiceID", Text),
    ("LocalServiceAddress", Text),
    ("LocalServicePort", Integer),
    ("Upstreams", List(&Record(UPSTREAM_FIELDS))),
    ("MeshGateway", Record(MODE_FIELDS)),
    ("Expose", Record(&[("Checks", Boolean), ("Paths", List(&Record(PATH_FIELDS)))])),
];

const UPSTREAM_FIELDS: &[(&str, Shape)] = &[
    ("DestinationType", Text),
    ("DestinationNamespace", Text),
    ("DestinationName", Text),
    ("Datacenter", Text),
    ("LocalBindAddress", Text),
    ("LocalBindPort", Integer),
    ("MeshGateway", Record(MODE_FIELDS)),
];

const PATH_FIELDS: &[(&str, Shape)] = &[
    ("ListenerPort", Integer),
    ("Path", Text),
    ("LocalPathPort", Integer),
    ("Protocol", Text),
    ("ParsedFromCheck", Boolean),
];
