//! The whole state out of the datacenter as an archive, and into it from one.

mod stream;

use std::io;
use std::time::Duration;

use proconsul_archive::{self as archive, Contents, Origin, ReadError};
use proconsul_base::id::RestoreId;
use proconsul_base::index::Index;
use proconsul_calls::error::{CallError, Unavailable};
use proconsul_calls::pieces::{self, Pieces};
use proconsul_calls::read::{Answer, ReadOptions};
use proconsul_calls::snapshot::{Restore, SnapshotCalls, SnapshotError};
use proconsul_state::command::Command;
use proconsul_state::command::restore::RestoreCommand;
use proconsul_state::restore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::Server;
use crate::authorize::{Right, authorize};
use crate::local::Local;
use crate::replica::Replica;

/// How long the next piece of an archive may take: who sends nothing for so long has gone away.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often a step is made again when it is not known what became of it: through a change of leader, and another.
const ATTEMPTS: usize = 5;

impl<R: Replica, L: Local> SnapshotCalls for Server<R, L> {
    async fn snapshot_save(&self, options: ReadOptions) -> Result<Answer<Box<dyn Pieces>>, CallError> {
        authorize(Right::Snapshot)?;
        self.fresh(&options).await?;
        let view = self.store.view();
        let index = view.applied().max(Index(1));
        let (mut writer, pieces) = stream::outgoing();
        let origin = self.origin();
        spawn_blocking(move || {
            let written = archive::write(&view, &origin, &mut writer);
            writer.finish(written);
        });
        Ok(Answer { index, contact: self.replica.contact(), value: Box::new(pieces) })
    }

    async fn snapshot_restore(&self, restore: Restore<'_>) -> Result<(), CallError> {
        self.own_datacenter(restore.datacenter.as_deref())?;
        authorize(Right::Snapshot)?;
        let id = RestoreId::random(&mut self.rng.lock());
        let restore = self.read_archive(id, restore.archive).await?;
        for step in restore.steps() {
            if let Err(error) = self.step(step).await {
                // When this does not arrive either, the leader drops what is there after a while.
                let _ = self.propose(&Command::Restore(restore.abandon())).await;
                return Err(error);
            }
        }
        tracing::info!(target: "agent.server.snapshot", "restored user snapshot");
        Ok(())
    }
}

impl<R: Replica, L: Local> Server<R, L> {
    /// Where and when the state is saved.
    fn origin(&self) -> Origin {
        let configuration = self.replica.raft_configuration();
        let server = |server: &proconsul_types::operator::RaftServer| archive::Server {
            suffrage: u8::from(!server.voter),
            id: server.id.clone(),
            address: server.address.clone(),
        };
        Origin {
            term: self.replica.term(),
            servers: configuration.servers.iter().map(server).collect(),
            configuration_index: configuration.index,
            milliseconds: self.local.unix_milliseconds(),
        }
    }

    /// Reads an archive to its end, before anything is written.
    async fn read_archive(&self, id: RestoreId, from: &mut dyn Pieces) -> Result<restore::Restore, CallError> {
        let (to, mut arriving) = stream::incoming();
        let reading = spawn_blocking(move || {
            let Contents { meta, view, skipped } = archive::read(&mut arriving).map_err(|error| told(&error))?;
            tracing::info!(target: "agent.server.snapshot", snapshot = %meta.id, %skipped, "read user snapshot");
            restore::Restore::new(id, &view).map_err(|error| SnapshotError::Archive(error.to_string()))
        });
        loop {
            let piece = match timeout(PATIENCE, pieces::next(from)).await {
                Ok(None) => break,
                Ok(Some(piece)) => piece,
                Err(_late) => Err(io::ErrorKind::TimedOut.into()),
            };
            let is_over = piece.is_err();
            // The reader may have seen enough before.
            if to.send(piece).await.is_err() || is_over {
                break;
            }
        }
        drop(to);
        // A task that panicked says so in the log.
        Ok(reading.await.map_err(|_panicked| Unavailable::ShuttingDown)??)
    }

    async fn step(&self, step: RestoreCommand<'_>) -> Result<(), CallError> {
        let command = Command::Restore(step);
        for attempt in 1.. {
            match self.propose(&command).await {
                Ok(true) => return Ok(()),
                Ok(false) => return Err(SnapshotError::Overtaken.into()),
                Err(CallError::Unavailable(_)) if attempt < ATTEMPTS => {}
                Err(error) => return Err(error),
            }
        }
        Err(CallError::UnknownOutcome)
    }
}

fn told(error: &ReadError) -> SnapshotError {
    SnapshotError::Archive(error.to_string())
}

#[cfg(test)]
mod tests;
