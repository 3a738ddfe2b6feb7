//! How the log thread and the apply thread tell the consensus thread what they have done, and where captured states go.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use proconsul_base::entry::SnapshotMark;
use proconsul_base::index::Index;
use proconsul_raft::Membership;
use proconsul_storage::disk::Disk;
use proconsul_storage::log::LogError;
use proconsul_telemetry::names::raft as metric;
use tokio::runtime;

use crate::apply::{Captured, Progress};
use crate::driver::Input;
use crate::mailbox::Mailbox;
use crate::shared::Shared;
use crate::snapshot::Shelf;
use crate::start::Fatal;
use crate::write;

/// How the log thread reports.
pub(crate) struct LogReporter {
    pub(crate) shared: Arc<Shared>,
    pub(crate) inbox: Arc<Mailbox<Input>>,
    pub(crate) fatal: Fatal,
}

impl write::Durable for LogReporter {
    fn written(&self, number: u64) {
        self.inbox.put(Input::Written(number));
    }

    fn stored(&self, entries: usize, took: Duration) {
        if self.shared.status.borrow().leads {
            metric::LEADER_DISPATCH_LOG.took(took);
            metric::LEADER_DISPATCH_NUM_LOGS.set(entries as f32);
        } else {
            metric::STORE_LOGS.took(took);
        }
    }

    fn fatal(&self, error: LogError) {
        (self.fatal)(error.to_string());
    }
}

/// How the apply thread reports, and where captured states go.
pub(crate) struct ApplyReporter<D: Disk> {
    pub(crate) inbox: Arc<Mailbox<Input>>,
    pub(crate) shelf: Shelf<D>,
    pub(crate) runtime: runtime::Handle,
    /// A snapshot is being written; the next is due again after as much log.
    pub(crate) busy: Arc<AtomicBool>,
    pub(crate) fatal: Fatal,
}

impl<D: Disk> Progress for ApplyReporter<D> {
    fn applied(&self, index: Index) {
        // The core only wants to know how far behind the state is; that can wait for its next turn.
        self.inbox.put_lazily(Input::Applied(index));
    }

    fn captured(&self, captured: Captured) {
        if self.busy.swap(true, Ordering::AcqRel) {
            return;
        }
        let (inbox, shelf) = (Arc::clone(&self.inbox), self.shelf.clone());
        let (busy, fatal) = (Arc::clone(&self.busy), Arc::clone(&self.fatal));
        self.runtime.spawn_blocking(move || {
            let began = Instant::now();
            let mark = SnapshotMark { index: captured.index, term: captured.term };
            match (shelf.keep(&captured), Membership::decode(&captured.membership)) {
                (Ok(_), Ok(membership)) => {
                    metric::SNAPSHOT_PERSIST.took(began.elapsed());
                    tracing::debug!(target: "agent.server.snapshot", index = %mark.index, "snapshot complete");
                    inbox.put(Input::SnapshotTaken { mark, membership });
                }
                // Without snapshots the log would grow without bound, and a disk that fails once is not to be trusted.
                (Err(error), _) => fatal(error.to_string()),
                (_, Err(error)) => fatal(format!("the membership at index {} cannot be read: {error}", mark.index)),
            }
            busy.store(false, Ordering::Release);
        });
    }

    fn fatal(&self, reason: String) {
        (self.fatal)(reason);
    }
}
