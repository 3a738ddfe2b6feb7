//! `operator raft`: who takes part in the replicated log.

pub(crate) mod list_peers;
pub(crate) mod remove_peer;
pub(crate) mod transfer_leader;
