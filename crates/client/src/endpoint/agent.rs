//! What the agent itself is asked is never passed on.

use proconsul_calls::agent::{AgentCalls, HasAgent};
use proconsul_calls::error::{CallError, ForwardError};

use super::Client;
use crate::forward::Transport;

impl<T: Transport, L: AgentCalls> HasAgent for Client<T, L> {
    type Agent = L;

    fn agent(&self) -> &L {
        &self.local
    }

    fn as_a_servers(&self, refusal: CallError) -> CallError {
        ForwardError::refused(refusal.to_string()).into()
    }
}
