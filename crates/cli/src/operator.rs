//! `operator`: tools for whoever looks after a cluster.

pub(crate) mod raft_list_peers;
