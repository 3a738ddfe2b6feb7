//! What the agent itself is asked, never forwarded: one small family for each of its duties.
//!
//! Servers and client agents answer these alike; the doors get at them through [`HasAgent`].

mod error;
mod heard;
mod host;
mod local;
mod metrics;
mod monitor;
mod pool;
mod reload;

use proconsul_types::agent::AgentSelf;

use crate::error::CallError;

pub use error::{
    AgentError, CheckMistake, NodeServiceMistake, RegistrationError, SidecarMistake, Unfit, WeightMistake,
};
pub use heard::{Events, HeardCalls, ListEvents};
pub use host::HostCalls;
pub use local::{Applied, LocalCalls, Maintenance, OneService, ServiceContent, Unless};
pub use metrics::{Intervals, MetricsCalls};
pub use monitor::MonitorCalls;
pub use pool::PoolCalls;
pub use reload::ReloadCalls;

/// All of `/v1/agent/`.
pub trait AgentCalls:
    SelfCalls
    + PoolCalls
    + HeardCalls
    + LocalCalls
    + MetricsCalls
    + MonitorCalls
    + ReloadCalls
    + HostCalls
    + Send
    + Sync
    + 'static
{
}

impl<A> AgentCalls for A where
    A: SelfCalls
        + PoolCalls
        + HeardCalls
        + LocalCalls
        + MetricsCalls
        + MonitorCalls
        + ReloadCalls
        + HostCalls
        + Send
        + Sync
        + 'static
{
}

/// The agent behind a door.
pub trait HasAgent {
    /// What answers for it.
    type Agent: AgentCalls;

    /// The agent.
    fn agent(&self) -> &Self::Agent;

    /// A refusal that the door makes in the place of a server, in the words in which a server's would be told.
    fn as_a_servers(&self, refusal: CallError) -> CallError {
        refusal
    }
}

/// What the agent says about itself.
pub trait SelfCalls {
    /// `GET /v1/agent/self`.
    fn describe(&self) -> AgentSelf;
}
