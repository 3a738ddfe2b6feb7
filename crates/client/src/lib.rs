//! A client agent: the servers it knows, and every call forwarded to one of them.
//!
//! Knows no HTTP and no gossip; which servers there are it is told.

pub mod endpoint;
pub mod forward;
pub mod rate;
pub mod servers;
pub mod wire;
