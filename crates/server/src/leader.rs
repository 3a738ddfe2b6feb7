//! What only the leader does, one duty per file.

pub mod health;
pub mod member;
pub mod reconcile;
pub mod session_ttl;
pub mod tombstones;
