//! `/v1/agent/`: answered by this agent alone, whatever datacenter is asked for.

mod members;
mod metrics;
mod monitor;
mod this;

use hyper::StatusCode;
use proconsul_calls::agent::AgentError;

pub(crate) use self::members::{leave, members};
pub(crate) use self::metrics::{coming as metrics_stream, metrics};
pub(crate) use self::monitor::monitor;
pub(crate) use self::this::this_agent;

/// The status of what the agent did not do.
pub(crate) fn status(error: &AgentError) -> StatusCode {
    match error {
        AgentError::PermissionDenied => StatusCode::FORBIDDEN,
        AgentError::UnknownService(_) | AgentError::NotRegistered(_) => StatusCode::NOT_FOUND,
        AgentError::Registration(_) => StatusCode::BAD_REQUEST,
        AgentError::Unfit(_) | AgentError::NoTtl(_) | AgentError::NotKept { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
