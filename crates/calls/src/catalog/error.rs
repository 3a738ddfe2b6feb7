//! Why the catalog does not take a registration, in Consul's words.

use std::fmt;

use proconsul_base::id::lookup::code;

/// Why nothing was registered or deregistered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogError {
    /// No node is named.
    #[error("Must provide node")]
    MissingNode,
    /// A node that may have to be made has no address.
    #[error("Must provide address if SkipNodeUpdate is not set")]
    MissingAddress,
    /// A node's id is no UUID.
    #[error("Bad node ID: {0}")]
    NodeId(#[from] NodeIdError),
    /// A service has an id and no name.
    #[error("Must provide service name with ID")]
    MissingServiceName,
    /// A service of a kind that there is not. Consul keeps any word, and does nothing with it.
    #[error(
        "unknown service kind {0:?}; the kinds are connect-proxy, mesh-gateway, terminating-gateway and ingress-gateway"
    )]
    UnknownKind(String),
    /// A service has neither name nor id.
    #[error("failed inserting service: failed inserting service: object missing primary index")]
    MissingService,
    /// A service cannot listen at an address that stands for all addresses.
    #[error("Invalid service address")]
    ServiceAddress,
    /// A proxy or gateway that cannot work.
    #[error("{}", Mistakes(.0))]
    Service(Vec<ServiceMistake>),
    /// What a service says about itself cannot be kept.
    #[error("failed inserting service: Invalid Service Meta for node {node} and serviceID {id}: {mistake}")]
    ServiceMeta {
        /// The node.
        node: String,
        /// The id of the instance.
        id: String,
        /// What is wrong.
        mistake: MetaError,
    },
    /// A check says that it is on another node than the one that is registered.
    #[error("check node {of:?} does not match node {node:?}")]
    CheckOfOtherNode {
        /// The node that the check names.
        of: String,
        /// The node that is registered.
        node: String,
    },
    /// A check has neither name nor id.
    #[error("failed inserting check: failed inserting check: object missing primary index on node {0:?}")]
    MissingCheckId(String),
    /// The node cannot be made or changed; the text says why.
    #[error("failed inserting node: {0}")]
    Node(String),
    /// A check cannot be made or changed.
    #[error("failed inserting check: {why} on node {node:?}")]
    Check {
        /// Why, in Consul's words.
        why: String,
        /// The node.
        node: String,
    },
}

/// Why a text is no node id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NodeIdError {
    /// Not 36 characters.
    #[error("uuid string is wrong length")]
    Length,
    /// Not in the form 8-4-4-4-12.
    #[error("uuid is improperly formatted")]
    Format,
    /// A byte that is no hexadecimal digit.
    #[error("encoding/hex: invalid byte: {}", code(*.0))]
    Digit(u8),
}

/// Why named texts cannot be kept with a service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MetaError {
    /// Too many of them.
    #[error("Node metadata cannot contain more than {0} key/value pairs")]
    Count(usize),
    /// One that cannot be.
    #[error("Couldn't load metadata pair ('{key}', '{value}'): {why}")]
    Pair {
        /// The name.
        key: String,
        /// The text.
        value: String,
        /// What is wrong with it.
        why: MetaPairError,
    },
}

/// What is wrong with one named text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MetaPairError {
    /// No name.
    #[error("Key cannot be blank")]
    Blank,
    /// A name with other characters than letters, digits, `-` and `_`.
    #[error("Key contains invalid characters")]
    Characters,
    /// A long name.
    #[error("Key is too long (limit: {0} characters)")]
    LongKey(usize),
    /// A name that begins as those that are kept for the program itself.
    #[error("Key prefix '{0}' is reserved for internal use")]
    Reserved(&'static str),
    /// A long text.
    #[error("Value is too long (limit: {0} characters)")]
    LongValue(usize),
}

/// What is wrong with a proxy or a gateway.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServiceMistake {
    /// A proxy of nothing.
    #[error("Proxy.DestinationServiceName must be non-empty for Connect proxy services")]
    NoDestination,
    /// A proxy without a port.
    #[error("Port must be set for a Connect proxy")]
    NoProxyPort,
    /// A proxy that says that it is no proxy.
    #[error("A Proxy cannot also be Connect Native, only typical services")]
    NativeProxy,
    /// An upstream of no known type.
    #[error("unknown upstream destination type: {0:?}")]
    UpstreamType(String),
    /// An upstream without a name.
    #[error("upstream destination name cannot be empty")]
    UpstreamName,
    /// An upstream that stands for all services.
    #[error("upstream destination name cannot be a wildcard")]
    UpstreamWildcard,
    /// An upstream without a port.
    #[error("upstream local bind port cannot be zero")]
    UpstreamPort,
    /// Two upstreams in one place.
    #[error("upstreams cannot contain duplicates by local bind address and port; {0:?} is specified twice")]
    UpstreamPlace(String),
    /// The same upstream twice.
    #[error(
        "upstreams cannot contain duplicates of [type={kind:?}, name={name:?}, namespace={namespace:?}, datacenter={datacenter:?}]"
    )]
    UpstreamTwice {
        /// Its type.
        kind: String,
        /// Its name.
        name: String,
        /// Its namespace.
        namespace: String,
        /// Its datacenter.
        datacenter: String,
    },
    /// A path without text.
    #[error("expose.paths: empty path exposed")]
    EmptyPath,
    /// A path twice.
    #[error("expose.paths: duplicate paths exposed")]
    PathTwice,
    /// Two paths at one port.
    #[error("expose.paths: duplicate listener ports exposed")]
    ListenerTwice,
    /// A number that is no port.
    #[error("expose.paths: invalid listener port: {0}")]
    ListenerPort(i64),
    /// A protocol that paths cannot have.
    #[error("protocol '{protocol}' not supported for path: {path}, must be in: [http http2]")]
    PathProtocol {
        /// The protocol.
        protocol: String,
        /// The path.
        path: String,
    },
    /// A gateway without a port.
    #[error("Port must be non-zero for a {0}")]
    NoGatewayPort(&'static str),
    /// A gateway with a field that only proxies have.
    #[error("The Proxy.{field} configuration is invalid for a {kind}")]
    GatewayField {
        /// The field.
        field: &'static str,
        /// The kind of gateway.
        kind: &'static str,
    },
}

/// Several mistakes, each on a line of its own.
struct Mistakes<'a>(&'a [ServiceMistake]);

impl fmt::Display for Mistakes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => writeln!(f, "1 error occurred:")?,
            count => writeln!(f, "{count} errors occurred:")?,
        }
        self.0.iter().try_for_each(|mistake| writeln!(f, "\t* {mistake}"))?;
        writeln!(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_listed_as_consul_lists_them() {
        let one = CatalogError::Service(vec![ServiceMistake::NoProxyPort]);
        assert_eq!(one.to_string(), "1 error occurred:\n\t* Port must be set for a Connect proxy\n\n");
        let two = CatalogError::Service(vec![ServiceMistake::NoDestination, ServiceMistake::NoProxyPort]).to_string();
        assert!(two.starts_with("2 errors occurred:\n\t* Proxy.DestinationServiceName must be"), "{two}");
    }
}
