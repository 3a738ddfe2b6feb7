//! What the agent itself is asked, never forwarded.

use std::future::Future;

use proconsul_types::agent::{AgentSelf, Member};

use crate::error::CallError;

/// `/v1/agent/`.
pub trait AgentCalls {
    /// The members as gossip sees them, of the local or of the wide-area pool.
    fn agent_members(&self, wide_area: bool) -> Vec<Member>;

    /// What the agent says about itself.
    fn agent_self(&self) -> AgentSelf;

    /// Leaves the cluster and stops the agent.
    fn agent_leave(&self) -> impl Future<Output = Result<(), CallError>> + Send;
}
