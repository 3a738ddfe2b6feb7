//! What has to be looked up for a question, and what was found.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use proconsul_types::node::Node;
use proconsul_types::service::ServiceInstance;

use crate::message::{Question, kind};
use crate::question::{Asked, ServiceQuestion};

/// The service that all servers are instances of.
pub const SERVERS: &str = "consul";
/// The tagged address that holds a service's virtual one.
const VIRTUAL: &str = "consul-virtual";

/// What to look up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// Nothing: the answer needs no records.
    Nothing,
    /// A node by its name.
    Node {
        /// The name.
        name: String,
        /// The datacenter; `None` for the agent's own.
        datacenter: Option<String>,
    },
    /// The instances of a service, with their checks.
    Service(ServiceQuestion),
    /// The instances of a service, for their virtual address.
    Virtual {
        /// The service.
        name: String,
    },
    /// What a prepared query finds.
    Query {
        /// Its name or id.
        name: String,
        /// The datacenter; `None` for the agent's own.
        datacenter: Option<String>,
    },
    /// The node or service that has an address.
    Owner(IpAddr),
}

/// What was found; long lists are borrowed from who has them.
#[derive(Clone, Debug, PartialEq)]
pub enum Found<'a> {
    /// Nothing was looked up, or there is no such thing.
    Nothing,
    /// It could not be found out.
    Failed,
    /// A node.
    Node(Arc<Node>),
    /// Instances, from any health.
    Instances(Cow<'a, [ServiceInstance]>),
    /// What a prepared query found: sorted by it already, and filtered.
    Queried {
        /// The service it found.
        service: String,
        /// Its own TTL, in seconds.
        ttl: Option<u32>,
        /// The datacenter it found them in.
        datacenter: String,
        /// The instances.
        instances: Vec<ServiceInstance>,
    },
    /// A service's virtual address.
    Virtual(IpAddr),
    /// The node with an address.
    OwnerNode(String),
    /// The service with an address.
    OwnerService(String),
}

/// What this question needs.
pub fn of(asked: &Asked, question: &Question) -> Lookup {
    match asked {
        Asked::Node { name, datacenter } if has_node_records(question.kind) => {
            Lookup::Node { name: name.clone(), datacenter: datacenter.clone() }
        }
        Asked::Service(service) => Lookup::Service(service.clone()),
        Asked::Virtual { name } => Lookup::Virtual { name: name.clone() },
        Asked::Query { name, datacenter } => Lookup::Query { name: name.clone(), datacenter: datacenter.clone() },
        Asked::Reverse(Some(address)) => Lookup::Owner(*address),
        Asked::Zone { .. } => Lookup::Service(ServiceQuestion { name: SERVERS.to_owned(), ..Default::default() }),
        _ => Lookup::Nothing,
    }
}

/// The virtual address among the instances of a service, where the catalog has one.
pub fn virtual_address(instances: &[ServiceInstance]) -> Option<IpAddr> {
    instances.iter().find_map(|instance| {
        let tagged = instance.service.tagged_addresses.as_ref()?.get(VIRTUAL)?;
        tagged.address.parse().ok()
    })
}

/// Whether a node can have records of this type; it is not even looked for otherwise.
pub(crate) fn has_node_records(kind: u16) -> bool {
    matches!(kind, kind::A | kind::AAAA | kind::ANY | kind::TXT)
}
