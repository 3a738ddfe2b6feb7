//! What only the leader does, one duty per file.

pub mod member;
pub mod tombstones;
