//! The whole state of a datacenter: out of it as an archive, and into it from one.

use std::fmt;
use std::future::Future;

use crate::error::CallError;
use crate::pieces::Pieces;
use crate::read::{Answer, ReadOptions};

/// `/v1/snapshot`.
pub trait SnapshotCalls {
    /// The state as an archive that Consul reads; the index is that of the last write in it. Does not wait for changes.
    fn snapshot_save(
        &self,
        options: ReadOptions,
    ) -> impl Future<Output = Result<Answer<Box<dyn Pieces>>, CallError>> + Send;

    /// Puts the state of an archive in the place of the one there is, on all servers. Nothing is changed by an archive that is
    /// damaged or foreign.
    fn snapshot_restore(&self, restore: Restore<'_>) -> impl Future<Output = Result<(), CallError>> + Send;
}

/// An archive to be restored.
pub struct Restore<'a> {
    /// The datacenter to restore; `None` for the agent's own.
    pub datacenter: Option<Box<str>>,
    /// The archive; not read further than to the first thing that is wrong with it.
    pub archive: &'a mut dyn Pieces,
}

impl fmt::Debug for Restore<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Restore").field("datacenter", &self.datacenter).finish_non_exhaustive()
    }
}

/// Why a snapshot was not restored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// The archive cannot be restored; the text is that of its reader, in Consul's words where it has some.
    #[error("{0}")]
    Archive(String),
    /// Another restore began meanwhile. Nothing was changed by this one.
    #[error("Raft error when restoring snapshot: another restore began before this one was done")]
    Overtaken,
    /// The datacenter's state is to be written, so nobody else's will do.
    #[error("stale not allowed for restore")]
    Stale,
}
