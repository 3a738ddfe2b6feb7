//! The leader drops what is there of a restore that nobody goes on with: its parts are kept in memory by every server.

use std::sync::Arc;
use std::time::Duration;

use proconsul_state::command::Command;
use proconsul_state::command::restore::RestoreCommand;
use proconsul_state::store::Store;
use proconsul_state::watch::{Table, Topic};
use tokio::time::sleep;

use crate::replica::Replica;

/// How long a restore may stand still: longer than any of its steps is waited for.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The pause before what could not be dropped is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// Carries the duty out until it is dropped.
pub async fn run<R: Replica>(replica: Arc<R>, store: Arc<Store>) {
    loop {
        let mut restores = store.watch(Topic::Table(Table::Restores));
        let Some(before) = store.incoming() else {
            restores.changed().await;
            continue;
        };
        sleep(PATIENCE).await;
        if store.incoming() != Some(before) {
            continue;
        }
        let (id, bytes) = before;
        tracing::warn!(target: "agent.server.snapshot", bytes, "a restore was not finished, dropping what is there of it");
        let abandon = Command::Restore(RestoreCommand::Abandon(id)).encode();
        if let Err(error) = replica.propose_as_leader(abandon).await {
            tracing::debug!(target: "agent.server.snapshot", %error, "failed to drop a restore, will retry");
            sleep(PAUSE).await;
        }
    }
}
