//! Every metric, once, under Consul's name: where it is counted says so with this `static`.

pub mod agent;
pub mod doors;
pub mod gossip;
pub mod raft;
pub mod server;
