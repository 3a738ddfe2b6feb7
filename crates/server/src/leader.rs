//! What only the leader does, one duty per file.

pub mod tombstones;
