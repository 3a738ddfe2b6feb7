//! Consul's rules about values, one variant each, in Consul's words where it has any.

use std::net::{IpAddr, SocketAddr};

use proconsul_base::cidr::CidrError;
use proconsul_base::id::IdError;
use proconsul_base::text::duration::DurationError;
use proconsul_names::name::NameError;

use super::Place;

/// A rule that a value, or several together, break.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Invalid {
    /// No data directory.
    #[error("data_dir cannot be empty")]
    NoDataDir,
    /// Something else is in its place.
    #[error("data_dir {0} is not a directory")]
    DataDirIsFile(Place),
    /// No node name, and the machine has none either.
    #[error("node_name cannot be empty")]
    NoNodeName,
    /// Not a UUID.
    #[error("failed to setup node ID: {0}")]
    NodeId(IdError),
    /// The data directory's own id cannot be read back.
    #[error(
        "failed to setup node ID: {0} holds no node id: {1}; put the right one there, or remove the file for a fresh one"
    )]
    NodeIdFile(Place, IdError),
    /// Too many pairs.
    #[error("Node metadata cannot contain more than {max} key/value pairs, there are {count}")]
    MetaCount {
        /// How many there are.
        count: usize,
        /// How many there may be.
        max: usize,
    },
    /// A name that Consul refuses.
    #[error(
        "Couldn't load metadata pair ('{0}', ..): Key contains invalid characters, is empty, too long, or begins with 'consul-'"
    )]
    MetaKey(String),
    /// A text that is too long.
    #[error("Couldn't load metadata pair ('{0}', ..): Value is too long (limit: {1} characters)")]
    MetaValue(String, usize),
    /// Characters that no datacenter may have.
    #[error("datacenter cannot be {0:?}. Please use only [a-z0-9-_]")]
    Datacenter(String),
    /// No datacenter.
    #[error("datacenter cannot be empty")]
    NoDatacenter,
    /// Only servers bootstrap.
    #[error("'bootstrap = true' requires 'server = true'")]
    BootstrapClient,
    /// Only servers bootstrap.
    #[error("'bootstrap_expect > 0' requires 'server = true'")]
    ExpectClient,
    /// Two ways to bootstrap.
    #[error("'bootstrap_expect > 0' and 'bootstrap = true' are mutually exclusive")]
    BootstrapTwice,
    /// Development mode is a cluster of one.
    #[error("'bootstrap_expect > 0' not allowed in dev mode")]
    ExpectInDev,
    /// Below zero.
    #[error("bootstrap_expect cannot be {0}. Must be greater than or equal to zero")]
    ExpectNegative(i64),
    /// Outside of its range.
    #[error("{0} is out of range; it must be between {1} and {2}")]
    Range(i64, i64, i64),
    /// Nothing of an output would be kept.
    #[error("check_output_max_size must be positive, to discard check output use the discard_check_output flag")]
    CheckOutput,
    /// Not a length of time.
    #[error("{0}")]
    Duration(#[from] DurationError),
    /// No address.
    #[error("{0:?} is no IP address; write an address, or a template such as {{{{ GetPrivateIP }}}}")]
    Address(String),
    /// A Unix socket in place of an address.
    #[error("{0:?}: there are no Unix socket listeners in this version; write an IP address")]
    UnixSocket(String),
    /// None or several where one is needed.
    #[error("{0:?} gives {1} addresses where exactly one is needed")]
    AddressCount(String, usize),
    /// A wildcard that nobody can reach.
    #[error("Advertise address cannot be 0.0.0.0, :: or [::]")]
    AdvertiseWildcard,
    /// Nothing to advertise.
    #[error("No private IPv4 address found; name the address that others reach with -bind or -advertise")]
    NoPrivateAddress,
    /// No way to tell which to advertise.
    #[error("Multiple private IPv4 addresses found. Please configure one with 'bind' and/or 'advertise': {}", list(.0))]
    ManyPrivateAddresses(Vec<IpAddr>),
    /// Nothing to advertise.
    #[error("No public IPv6 address found; name the address that others reach with -bind or -advertise")]
    NoPublicAddress,
    /// No way to tell which to advertise.
    #[error("Multiple public IPv6 addresses found. Please configure one with 'bind' and/or 'advertise': {}", list(.0))]
    ManyPublicAddresses(Vec<IpAddr>),
    /// Not a port.
    #[error("invalid port: {0}")]
    Port(i64),
    /// A listener that an agent cannot do without.
    #[error("must be a port from 1 to 65535, not {0}")]
    PortNeeded(i64),
    /// A range of ports that ends before it begins.
    #[error("sidecar_min_port must be less than sidecar_max_port. To disable, set both to zero.")]
    SidecarPorts,
    /// Two listeners in one place.
    #[error("{first} address {address} already configured for {second}")]
    Clash {
        /// One listener.
        first: &'static str,
        /// The other one.
        second: &'static str,
        /// Where both would be.
        address: SocketAddr,
    },
    /// HTTPS without TLS.
    #[error("there is no HTTPS listener in this version, and clear text in its place would be unsafe; set it to -1")]
    Https,
    /// Cloud discovery.
    #[error("{0:?}: agents cannot be discovered through a provider in this version; write addresses or DNS names")]
    Provider(String),
    /// Not a domain.
    #[error("no domain name: {0}")]
    Domain(NameError),
    /// A second domain whose names would be taken for others.
    #[error("alt_domain cannot start with {{service,connect,node,query,addr,{0}}}")]
    AltDomain(String),
    /// A recursor that is everywhere.
    #[error("DNS recursor address cannot be 0.0.0.0, :: or [::]")]
    RecursorWildcard,
    /// No strategy.
    #[error("dns_config.recursor_strategy must be one of sequential or random, not {0:?}")]
    RecursorStrategy(String),
    /// No TTL of a service.
    #[error("[{0:?}]: {1}")]
    ServiceTtl(String, DurationError),
    /// Below zero.
    #[error("{0} cannot be {1}. Must be greater than or equal to zero")]
    Negative(&'static str, i64),
    /// An empty address to join.
    #[error("an address to join is empty")]
    EmptyJoin,
    /// No block of addresses.
    #[error(transparent)]
    Cidr(#[from] CidrError),
    /// Not what a header can be.
    #[error("{0:?} is no HTTP header, or its value is not one line of ASCII text")]
    Header(String),
    /// No level.
    #[error("Invalid log level: {0}. Valid log levels are: [TRACE DEBUG INFO WARN ERR ERROR]")]
    LogLevel(String),
}

fn list(addresses: &[IpAddr]) -> String {
    addresses.iter().map(IpAddr::to_string).collect::<Vec<_>>().join(", ")
}
