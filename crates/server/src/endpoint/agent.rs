//! What the agent itself is asked: the node around the server answers.

use proconsul_calls::agent::AgentCalls;
use proconsul_calls::error::CallError;
use proconsul_types::agent::{AgentSelf, Member};

use super::Server;
use crate::local::Local;
use crate::replica::Replica;

impl<R: Replica, L: Local> AgentCalls for Server<R, L> {
    fn agent_members(&self, wide_area: bool) -> Vec<Member> {
        self.local.members(wide_area)
    }

    fn agent_self(&self) -> AgentSelf {
        self.local.agent_self()
    }

    async fn agent_leave(&self) -> Result<(), CallError> {
        self.local.leave().await;
        Ok(())
    }
}
