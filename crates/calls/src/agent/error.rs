//! Why the agent did not do what it was asked. The texts are Consul's where Consul has one.

/// Why a call to the agent failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AgentError {
    /// Access control says no.
    #[error("Permission denied")]
    PermissionDenied,
    /// There is no such service here.
    #[error("unknown service ID: {0}")]
    UnknownService(String),
}
