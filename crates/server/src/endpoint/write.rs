//! How every write goes: through the log, and back with what it did.

use proconsul_calls::error::CallError;
use proconsul_state::command::Command;
use proconsul_state::outcome::Outcome;

use super::Server;
use crate::local::Local;
use crate::replica::Replica;

impl<R: Replica, L: Local> Server<R, L> {
    /// Whether the command was carried out.
    pub(super) async fn propose(&self, command: &Command<'_>) -> Result<bool, CallError> {
        let outcome = self.replica.propose(command.encode()).await?;
        match Outcome::decode(&outcome) {
            Some(Outcome::Done) => Ok(true),
            Some(Outcome::Refused) => Ok(false),
            Some(Outcome::Failed(failure)) => Err(CallError::Failed(failure.to_string())),
            Some(Outcome::Skipped) | None => Err(CallError::UnknownOutcome),
        }
    }
}
