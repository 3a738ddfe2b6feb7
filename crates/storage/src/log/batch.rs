//! What goes into the log and what comes out of it when it is opened.

use bytes::Bytes;
use proconsul_base::entry::{Entry, HardState};
use proconsul_base::index::{Index, Term};

use crate::SnapshotMark;

/// Sizes of a log. The defaults are right for a server; tests make them small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogOptions {
    /// Bytes of the first segment; each next one is twice as large as the one before.
    pub first_segment_bytes: u64,
    /// Bytes of the largest segment.
    pub last_segment_bytes: u64,
    /// Payload bytes of newest entries that [`Recovered`] carries.
    pub cache_bytes: usize,
    /// Bytes that the helper writes and syncs at a time, so that the writer's own sync never waits for long behind it.
    pub prepare_step_bytes: usize,
}

impl Default for LogOptions {
    fn default() -> Self {
        Self {
            first_segment_bytes: 1 << 20,
            last_segment_bytes: 64 << 20,
            cache_bytes: 8 << 20,
            prepare_step_bytes: 256 << 10,
        }
    }
}

/// What is appended together: on disk it is there whole or not at all.
///
/// A batch is synced unless its only content is a hard state that differs from the last one by the commit index: losing that loses
/// nothing, and it becomes durable with the next batch that is synced.
#[derive(Clone, Debug, Default)]
pub struct Batch<'a> {
    /// New entries without gaps. The first may lie at or before the end of the log: what was there from its index on is replaced.
    pub entries: &'a [Entry],
    /// The new hard state, when it changed.
    pub hard_state: Option<HardState>,
    /// The membership that has been applied, with the index of its entry, in the caller's own encoding.
    pub membership: Option<(Index, Bytes)>,
    /// A snapshot that was received and is already durable: everything in the log before this batch is void, and entries of this batch
    /// begin after the mark.
    pub snapshot: Option<SnapshotMark>,
}

/// What the log held when it was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovered {
    /// There was no log and it was begun now. Where an identity says that there should be one, its promises are lost: the server needs a
    /// new Raft identity.
    pub created: bool,
    /// The newest hard state; all zero in a new log.
    pub hard_state: HardState,
    /// The newest applied membership.
    pub membership: Option<(Index, Bytes)>,
    /// Where the log begins: the last position that was compacted or replaced by an installed snapshot. `None` when nothing was.
    pub snapshot: Option<SnapshotMark>,
    /// The newest entries, up to [`LogOptions::cache_bytes`]; older ones are read through [`super::LogReader`].
    pub entries: Vec<Entry>,
    /// The oldest index that can be read; one past `last` when there is none.
    pub first: Index,
    /// The newest index; the snapshot's when no entry is kept, 0 in a new log.
    pub last: Index,
    /// For all entries from `first` to `last`: the index at which each run of equal terms begins, and that term.
    pub terms: Vec<(Index, Term)>,
}
