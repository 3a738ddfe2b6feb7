//! How every write goes: through the log, and back with what it did.

use std::time::Instant;

use proconsul_base::index::Index;
use proconsul_base::limit;
use proconsul_calls::error::CallError;
use proconsul_state::command::Command;
use proconsul_state::command::catalog::CatalogCommand;
use proconsul_state::command::config::ConfigCommand;
use proconsul_state::outcome::Outcome;
use proconsul_telemetry::Sample;
use proconsul_telemetry::names::{agent, server as names};

use super::Server;
use crate::local::Local;
use crate::replica::Replica;

impl<R: Replica, L: Local> Server<R, L> {
    /// Whether the command was carried out.
    pub(super) async fn propose(&self, command: &Command<'_>) -> Result<bool, CallError> {
        match self.outcome(command).await? {
            Outcome::Done => Ok(true),
            Outcome::Refused => Ok(false),
            Outcome::Failed(failure) => Err(CallError::Failed(failure.to_string())),
            Outcome::Skipped | Outcome::Results(_) | Outcome::Errors(_) => Err(CallError::UnknownOutcome),
        }
    }

    /// What the command did, for who tells more than a yes or no.
    pub(super) async fn outcome(&self, command: &Command<'_>) -> Result<Outcome, CallError> {
        let (began, sample) = (Instant::now(), metric(command));
        agent::CLIENT_RPC.one();
        names::RPC_REQUEST.one();
        let command = command.encode();
        can_be_kept(&command)?;
        let outcome = self.replica.propose(command).await.inspect_err(|_| names::RPC_REQUEST_ERROR.one())?;
        if let Some(sample) = sample {
            sample.took(began.elapsed());
        }
        Outcome::decode(&outcome).ok_or(CallError::UnknownOutcome)
    }
}

/// What is in the log is read by every server, now and after each restart: one command that cannot be read stops them all.
fn can_be_kept(command: &[u8]) -> Result<(), CallError> {
    if command.len() > limit::COMMAND_BYTES {
        return Err(CallError::TooLarge(command.len()));
    }
    // Readers of documents recurse and have their limits; all other forms are read as they are written.
    Command::decode(Index::ZERO, command).map(drop).map_err(|_unreadable| CallError::TooDeep)
}

/// Under which metric the time is counted from a write to its answer.
fn metric(command: &Command<'_>) -> Option<&'static Sample> {
    Some(match command {
        Command::Kv(_) => &names::KVS_APPLY,
        Command::Session(_) => &names::SESSION_APPLY,
        Command::Txn(_) => &names::TXN_APPLY,
        Command::Catalog(CatalogCommand::Register(_)) => &names::CATALOG_REGISTER,
        Command::Catalog(_) => &names::CATALOG_DEREGISTER,
        Command::Config(ConfigCommand::Set(..) | ConfigCommand::SetCas(..)) => &names::CONFIG_ENTRY_APPLY,
        Command::Config(_) => &names::CONFIG_ENTRY_DELETE,
        Command::Intention(_) => &names::INTENTION_APPLY,
        Command::Query(_) => &names::PREPARED_QUERY_APPLY,
        Command::Reap(_) | Command::Coordinates(_) | Command::Autopilot(_) | Command::Restore(_) => return None,
    })
}
