//! How the servers are, as the leader judges it.

use std::time::Duration;

/// `GET /v1/operator/autopilot/health`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Whether all servers are.
    pub healthy: bool,
    /// How many servers could fail while a quorum stays.
    pub failure_tolerance: u64,
    /// Each server.
    pub servers: Vec<ServerHealth>,
}

/// One server.
///
/// Users see `ID, Name, Address, SerfStatus, Version, Leader, LastContact, LastTerm, LastIndex, Healthy, Voter, StableSince`, in
/// this order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerHealth {
    /// The node id.
    pub id: String,
    /// The node name.
    pub name: String,
    /// `ip:port` of its server port; empty when nobody knows it.
    pub address: String,
    /// What gossip says: `alive`, `leaving`, `left`, `failed`, or `none` when it does not know the server.
    pub serf_status: String,
    /// The version of Consul that it stands for.
    pub version: String,
    /// Whether it leads.
    pub leader: bool,
    /// How long ago leader and server heard of each other; zero for the leader. Users see Go's text of it.
    pub last_contact: Duration,
    /// The term of the newest entry it is known to have; 0 for none.
    pub last_term: u64,
    /// The index of that entry.
    pub last_index: u64,
    /// Whether it is.
    pub healthy: bool,
    /// Whether its vote counts.
    pub voter: bool,
    /// Since when `healthy` has been what it is, in seconds since 1970 (UTC). Users see it as RFC 3339 has it.
    pub stable_since: u64,
}
