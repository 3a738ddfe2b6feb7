//! What is on disk: log, identity, snapshots, behind a disk that tests can break.
//!
//! Knows files and bytes, not consensus: what an entry means, when to vote and when to compact is decided by the caller. Everything here
//! is synchronous and blocks; the caller chooses the thread. All input and output goes through [`disk::Disk`].

pub mod directory;
pub mod disk;
pub mod log;
pub mod snapshot;

pub use proconsul_base::entry::SnapshotMark;
