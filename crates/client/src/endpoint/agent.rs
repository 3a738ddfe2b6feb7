//! What the agent itself is asked is never passed on.

use proconsul_calls::agent::{AgentCalls, HasAgent};

use super::Client;
use crate::forward::Transport;

impl<T: Transport, L: AgentCalls> HasAgent for Client<T, L> {
    type Agent = L;

    fn agent(&self) -> &L {
        &self.local
    }
}
