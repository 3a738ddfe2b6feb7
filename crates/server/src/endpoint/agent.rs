//! What the agent itself is asked goes to the node around the server.

use proconsul_calls::agent::{AgentCalls, HasAgent};

use super::Server;
use crate::local::Local;
use crate::replica::Replica;

impl<R: Replica, L: Local + AgentCalls> HasAgent for Server<R, L> {
    type Agent = L;

    fn agent(&self) -> &L {
        &self.local
    }
}
