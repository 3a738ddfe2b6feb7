//! `/v1/agent/`: answered by this agent alone, whatever datacenter is asked for.

mod checks;
mod connect;
mod error;
mod health;
mod host;
mod join;
mod maintenance;
mod members;
mod metrics;
mod monitor;
mod register;
mod reload;
mod service;
mod services;
mod this;
mod version;

use hyper::StatusCode;
use proconsul_calls::agent::AgentError;

pub(crate) use self::checks::{checks, deregister_check, fail, pass, register_check, update, warn};
pub(crate) use self::connect::authorize;
pub(crate) use self::error::AgentRefusal;
pub(crate) use self::health::{by_id, by_name};
pub(crate) use self::host::host;
pub(crate) use self::join::{force_leave, join};
pub(crate) use self::maintenance::{node_maintenance, service_maintenance};
pub(crate) use self::members::{leave, members};
pub(crate) use self::metrics::{coming as metrics_stream, metrics};
pub(crate) use self::monitor::monitor;
pub(crate) use self::reload::reload;
pub(crate) use self::service::service;
pub(crate) use self::services::{deregister_service, register_service, services};
pub(crate) use self::this::this_agent;
pub(crate) use self::version::version;

/// The status of what the agent did not do.
pub(crate) fn status(error: &AgentError) -> StatusCode {
    match error {
        AgentError::PermissionDenied => StatusCode::FORBIDDEN,
        AgentError::UnknownService(_) | AgentError::NotRegistered(_) => StatusCode::NOT_FOUND,
        AgentError::Registration(_) => StatusCode::BAD_REQUEST,
        // Consul's own choice for all the rest.
        AgentError::Unfit(_)
        | AgentError::NotReloaded(_)
        | AgentError::NoTtl(_)
        | AgentError::NotKept { .. }
        | AgentError::UnknownNode(_)
        | AgentError::Join(_)
        | AgentError::NoWideArea
        | AgentError::Stopped => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
