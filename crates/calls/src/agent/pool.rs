//! The gossip pool as this agent sees it, and its place in it.

use std::future::Future;

use proconsul_types::agent::Member;

use super::AgentError;

/// `/v1/agent/members`, `join`, `force-leave` and `leave`.
pub trait PoolCalls {
    /// The members as gossip sees them, of the local or of the wide-area pool.
    fn members(&self, wide_area: bool) -> Vec<Member>;

    /// Exchanges members with the agents at these addresses: each an address or a name, with or without a port. How many were
    /// reached.
    fn join(&self, addresses: &[&str], wide_area: bool) -> impl Future<Output = Result<usize, AgentError>> + Send;

    /// Declares a member that failed gone; with `prune` it is forgotten at once.
    fn force_leave(&self, node: &str, prune: bool) -> impl Future<Output = Result<(), AgentError>> + Send;

    /// Leaves the cluster; returns when that is done and the agent is about to stop.
    fn leave(&self) -> impl Future<Output = Result<(), AgentError>> + Send;
}
