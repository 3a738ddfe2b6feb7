//! What is on disk: log, identity, snapshots, behind a disk that tests can break.
//!
//! Knows files and bytes, not consensus: what an entry means, when to vote and when to compact is decided by the caller. Everything here
//! is synchronous and blocks; the caller chooses the thread. All input and output goes through [`disk::Disk`].

pub mod directory;
pub mod disk;
pub mod log;
pub mod snapshot;

use proconsul_base::index::{Index, Term};

/// A position of the replicated log with its term: what a snapshot covers, or what was cut off the log's beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SnapshotMark {
    /// The last index covered.
    pub index: Index,
    /// The term of the entry at that index.
    pub term: Term,
}
