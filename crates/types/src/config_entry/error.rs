//! What makes no sense in a document, in Consul's words. One enum per kind.

use proconsul_base::text::mistakes;

use super::meta::{self, EntryMeta, MetaError};
use super::service_intentions::IntentionsError;
use super::span::Span;
use super::weight::Weight;

/// Why a document is refused for what it says itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// It has no name.
    #[error("Name is required")]
    Name,
    /// The kind has one name only.
    #[error("invalid name ({given:?}), only {wanted:?} is supported")]
    OneName {
        /// What it was called.
        given: String,
        /// What it must be called.
        wanted: &'static str,
    },
    /// Too much is said about it.
    #[error("{}", mistakes::list(.0))]
    Meta(Vec<MetaError>),
    /// A router's own.
    #[error(transparent)]
    Router(#[from] RouterError),
    /// A splitter's own.
    #[error(transparent)]
    Splitter(#[from] SplitterError),
    /// A resolver's own.
    #[error(transparent)]
    Resolver(#[from] ResolverError),
    /// A load balancer's own.
    #[error(transparent)]
    Balance(#[from] BalanceError),
    /// An ingress gateway's own.
    #[error(transparent)]
    Ingress(#[from] IngressError),
    /// A terminating gateway's own.
    #[error(transparent)]
    Terminating(#[from] TerminatingError),
    /// The intentions' own.
    #[error(transparent)]
    Intentions(#[from] IntentionsError),
}

impl EntryError {
    pub(super) fn of_meta(meta: &EntryMeta) -> Result<(), Self> {
        let mistakes = meta::mistakes(meta);
        if mistakes.is_empty() { Ok(()) } else { Err(Self::Meta(mistakes)) }
    }
}

/// What makes no sense in a router; the first number is the route's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RouterError {
    #[error("Route[{place}] {field} doesn't start with '/': {path:?}")]
    PathStart { place: usize, field: &'static str, path: String },
    #[error("Route[{0}] should only contain at most one of PathExact, PathPrefix, or PathRegex")]
    Paths(usize),
    #[error("Route[{place}] {field}[{number}] missing required Name field")]
    Nameless { place: usize, field: &'static str, number: usize },
    #[error("Route[{place}] Header[{number}] should only contain one of Present, Exact, Prefix, Suffix, or Regex")]
    Header { place: usize, number: usize },
    #[error("Route[{place}] QueryParam[{number}] should only contain one of Present, Exact, or Regex")]
    Parameter { place: usize, number: usize },
    #[error("Route[{0}] Methods contains {1:?} more than once")]
    MethodTwice(usize, String),
    #[error("Route[{0}] cannot make use of PrefixRewrite without configuring either PathExact or PathPrefix")]
    Rewrite(usize),
}

/// What makes no sense in a splitter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SplitterError {
    #[error("no splits configured")]
    Empty,
    #[error("split destination occurs more than once: service={service:?}, subset={subset:?}, namespace={namespace:?}")]
    Twice { service: String, subset: String, namespace: String },
    #[error("the sum of all split weights must be 100, not {:.6}", .0.percent())]
    Sum(Weight),
}

/// What makes no sense in a resolver.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolverError {
    #[error("Subset defined with empty name")]
    SubsetNameless,
    #[error(
        "Subset {0:?} is invalid: must be 63 characters or fewer, begin or end with lower case alphanumeric characters, and contain lower case alphanumeric characters or '-' in between"
    )]
    SubsetName(String),
    #[error("DefaultSubset {0:?} is not a valid subset")]
    DefaultSubset(String),
    #[error("Redirect and Failover cannot both be set")]
    RedirectAndFailover,
    #[error("Redirect is empty")]
    RedirectEmpty,
    #[error("Redirect.{0} defined without Redirect.Service")]
    RedirectWithoutService(&'static str),
    #[error("Redirect.ServiceSubset {subset:?} is not a valid subset of {service:?}")]
    RedirectSubset { service: String, subset: String },
    #[error("Bad Failover[{0:?}]: not a valid subset")]
    FailoverOf(String),
    #[error("Bad Failover[{0:?}] one of Service, ServiceSubset, Namespace, or Datacenters is required")]
    FailoverEmpty(String),
    #[error("Bad Failover[{of:?}].ServiceSubset {subset:?} is not a valid subset of {service:?}")]
    FailoverSubset { of: String, service: String, subset: String },
    #[error("Bad Failover[{0:?}].Datacenters: found empty datacenter")]
    FailoverDatacenter(String),
    #[error("Bad ConnectTimeout '{0}', must be >= 0")]
    ConnectTimeout(Span),
}

/// What makes no sense in a load balancer; the number is the hash policy's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BalanceError {
    #[error("Bad LoadBalancer policy: {0:?} is not supported")]
    Policy(String),
    #[error("Bad LoadBalancer configuration. {config} specified for incompatible load balancing policy {policy:?}")]
    Config { config: &'static str, policy: String },
    #[error("Bad LoadBalancer configuration: HashPolicies specified for non-hash-based Policy: {0:?}")]
    NoHash(String),
    #[error("Bad LoadBalancer HashPolicy[{0}]: {1:?} is not a supported field")]
    Field(usize, String),
    #[error("Bad LoadBalancer HashPolicy[{0}]: A single hash policy cannot hash both a source address and a {1:?}")]
    AddressAndField(usize, String),
    #[error("Bad LoadBalancer HashPolicy[{0}]: A FieldValue cannot be specified when hashing SourceIP")]
    AddressAndValue(usize),
    #[error("Bad LoadBalancer HashPolicy[{0}]: Field {1:?} was specified without a FieldValue")]
    NoValue(usize, String),
    #[error("Bad LoadBalancer HashPolicy[{0}]: FieldValue requires a Field to apply to")]
    NoField(usize),
    #[error("Bad LoadBalancer HashPolicy[{0}]: cookie_config provided for {1:?}")]
    Cookie(usize, String),
    #[error("Bad LoadBalancer HashPolicy[{0}]: a session cookie cannot have an associated TTL")]
    SessionTtl(usize),
}

/// What makes no sense in an ingress gateway; the number is the port.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IngressError {
    #[error("port {0} declared on two listeners")]
    PortTwice(i64),
    #[error("protocol must be 'tcp', 'http', 'http2', or 'grpc'. '{0}' is an unsupported protocol")]
    Protocol(String),
    #[error("No service declared for listener with port {0}")]
    NoService(i64),
    #[error("Multiple services per listener are only supported for protocol = 'http' (listener on port {0})")]
    ManyServices(i64),
    #[error("Wildcard service name is only valid for protocol = 'http' (listener on port {0})")]
    TcpWildcard(i64),
    #[error("Associating hosts to a service is not supported for the tcp protocol (listener on port {0})")]
    TcpHosts(i64),
    #[error("Service name cannot be blank (listener on port {0})")]
    Nameless(i64),
    #[error("Associating hosts to a wildcard service is not supported (listener on port {0})")]
    WildcardHosts(i64),
    #[error("Hosts must be unique within a specific listener (listener on port {0})")]
    HostTwice(i64),
    #[error("Host '*' is not allowed when TLS is enabled, all hosts must be valid DNS records to add as a DNSSAN")]
    HostAny,
    #[error("Host {0:?} must be a valid DNS hostname")]
    Host(String),
    #[error("Host {0:?} is not valid, a wildcard specifier is only allowed as the leftmost label")]
    HostWildcard(String),
}

/// What makes no sense in a terminating gateway.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TerminatingError {
    #[error("Service name cannot be blank.")]
    Nameless,
    #[error("Service {0:?} was specified more than once within a namespace")]
    Twice(String),
    #[error("Service {0:?} must have a CertFile, CAFile, and KeyFile specified for TLS origination")]
    Tls(String),
}
