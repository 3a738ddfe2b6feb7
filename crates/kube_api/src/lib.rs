//! What clients of the runtime meet: Kubernetes' REST paths and JSON over a Unix socket.
//!
//! Translates; decides nothing. Errors are Kubernetes' Status objects, each made in one place ([`reply`]).

mod discovery;
mod log;
mod object;
mod own;
mod query;
mod reply;
mod serve;
pub mod socket;
mod table;
mod watch;

pub use own::{APPLY_PATH, NODES_PATH, STOP_PATH, SUMMARY_PATH};
pub use serve::serve;
