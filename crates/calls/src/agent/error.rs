//! Why the agent did not do what it was asked. The texts are Consul's where Consul has one.

use proconsul_base::text::mistakes;
use proconsul_base::text::quote::quoted;

use crate::catalog::{MetaError, ServiceMistake};

/// Why a call to the agent failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AgentError {
    /// Access control says no.
    #[error("Permission denied")]
    PermissionDenied,
    /// There is no such service here.
    #[error("unknown service ID: {0}")]
    UnknownService(String),
    /// There is no such member.
    #[error("agent: No node found with name '{0}'")]
    UnknownNode(String),
    /// Nobody was reached; a line for each address.
    #[error("{}", mistakes::list(.0))]
    Join(Vec<String>),
    /// Only servers have a wide-area pool, and this one has none yet.
    #[error("this agent is in no wide-area pool, so it can join nobody there")]
    NoWideArea,
    /// Gossip has been shut down.
    #[error("this agent is shutting down")]
    Stopped,
    /// There is no such service here that could go into maintenance.
    #[error("No service registered with ID {}", quoted(.0))]
    NotRegistered(String),
    /// What was registered is wrong in itself.
    #[error(transparent)]
    Registration(#[from] RegistrationError),
    /// What was registered does not fit this agent.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// There is no such check that can be told how it is.
    #[error("CheckID {} does not have associated TTL", quoted(.0))]
    NoTtl(String),
    /// The configuration could not be followed; it says why.
    #[error("{0}")]
    NotReloaded(String),
    /// What was registered could not be written down, so it is not held.
    #[error("failed to write the {what} {id:?} down: {why}")]
    NotKept {
        /// `service`, `check` or `check state`.
        what: &'static str,
        /// Its id.
        id: String,
        /// What the disk says.
        why: String,
    },
}

/// Why a registration is wrong in itself, in the order in which Consul looks at it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationError {
    /// A service without a name.
    #[error("Missing service name")]
    MissingServiceName,
    /// A service cannot listen at an address that stands for all addresses.
    #[error("Invalid service address")]
    ServiceAddress,
    /// Weights that DNS cannot tell.
    #[error("Invalid Weights: {0}")]
    Weights(WeightMistake),
    /// What a service says about itself cannot be kept.
    #[error("Invalid Service Meta: {0}")]
    ServiceMeta(MetaError),
    /// A proxy or a gateway that cannot work.
    #[error("{}", mistakes::list(.0))]
    Service(Vec<NodeServiceMistake>),
    /// A check that cannot be carried out.
    #[error("Invalid check: {0}")]
    Check(CheckMistake),
    /// A check of a service with a status that there is not.
    #[error("Status for checks must 'passing', 'warning', 'critical'")]
    ServiceCheckStatus,
    /// A check of a sidecar that cannot be carried out.
    #[error("Invalid check in sidecar_service: {0}")]
    SidecarCheck(CheckMistake),
    /// A sidecar that cannot be made.
    #[error("Invalid SidecarService: {0}")]
    Sidecar(SidecarMistake),
    /// A check without a name.
    #[error("Missing check name")]
    MissingCheckName,
    /// A check with a status that there is not.
    #[error("Bad check status")]
    CheckStatus,
}

/// Why weights cannot be told by DNS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeightMistake {
    /// Nothing while all is well.
    #[error("Passing must be greater than 0")]
    Passing,
    /// Less than nothing.
    #[error("Warning must be greater or equal than 0")]
    Warning,
    /// More than DNS can tell.
    #[error("DNS Weight must be between 0 and 65535")]
    Large,
}

/// What is wrong with a service that is more than an ordinary one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NodeServiceMistake {
    /// As the catalog would say it.
    #[error(transparent)]
    Definition(#[from] ServiceMistake),
    /// A gateway with a sidecar.
    #[error("A {0} cannot have a sidecar service defined")]
    SidecarOfGateway(&'static str),
    /// A sidecar with an id of its own.
    #[error("A SidecarService cannot specify an ID as this is managed by the agent")]
    SidecarId,
    /// A sidecar with a sidecar.
    #[error("A SidecarService cannot have a nested SidecarService")]
    SidecarOfSidecar,
}

/// Why a check cannot be carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckMistake {
    /// Asked and told at the same time.
    #[error("Interval and TTL cannot both be specified")]
    IntervalAndTtl,
    /// Asked, but not how often.
    #[error("Interval must be > 0 for Script, HTTP, or TCP checks")]
    NoInterval,
    /// Asked and taken over at the same time.
    #[error("Interval cannot be set for Alias checks")]
    AliasInterval,
    /// Told and taken over at the same time.
    #[error("TTL must be not be set for Alias checks")]
    AliasTtl,
    /// Neither asked nor told.
    #[error("TTL must be > 0 for TTL checks")]
    NoTtl,
    /// An output of less than nothing.
    #[error("MaxOutputMaxSize must be positive")]
    OutputMaxSize,
}

/// Why a sidecar cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SidecarMistake {
    /// What it says about itself cannot be kept.
    #[error(transparent)]
    Meta(#[from] MetaError),
    /// It has no port, and the agent gives none.
    #[error("no port provided for sidecar_service and auto-assignment disabled in config")]
    NoPorts,
    /// It has no port, and the agent has none left.
    #[error("no port provided for sidecar_service and none left in the configured range [{first}, {last}]")]
    NoPortLeft {
        /// The first port that the agent gives.
        first: u16,
        /// The last one.
        last: u16,
    },
}

/// Why a registration that is right in itself does not fit this agent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// A service without a name, from a file.
    #[error("Service name missing")]
    ServiceName,
    /// A check of a service that is not here.
    #[error("ServiceID {} does not exist", quoted(.0))]
    NoService(String),
    /// A check without an id.
    #[error("CheckID missing")]
    CheckId,
    /// A service without an id is to go.
    #[error("ServiceID missing")]
    ServiceId,
    /// A check from a file that cannot be carried out.
    #[error("Check is not valid: {0}")]
    Check(CheckMistake),
    /// An address of the wrong family under this name.
    #[error("Service tagged address {} must be a valid {family} address", quoted(.name))]
    TaggedAddress {
        /// `lan_ipv4` …
        name: &'static str,
        /// `ipv4` or `ipv6`.
        family: &'static str,
    },
    /// A program is to be run, and this agent runs none.
    #[error(
        "Scripts are disabled on this agent; to enable, configure 'enable_script_checks' or 'enable_local_script_checks' to true"
    )]
    Scripts,
    /// A program is to be run, and this agent runs none that were registered over the network.
    #[error(
        "Scripts are disabled on this agent from remote calls; to enable, configure 'enable_script_checks' to true"
    )]
    RemoteScripts,
    /// More services or checks than an agent holds.
    #[error("the agent holds {0} services or checks already; deregister some first")]
    Full(usize),
}
