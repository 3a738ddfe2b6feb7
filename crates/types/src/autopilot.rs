//! Autopilot: how the servers are, as the leader judges it, and what it goes by.

use std::time::Duration;

use proconsul_base::index::Index;

const MILLISECOND: i64 = 1_000_000;

/// `GET /v1/operator/autopilot/configuration`. Times are in nanoseconds; users see Go's text of them.
///
/// Users see `CleanupDeadServers, LastContactThreshold, MaxTrailingLogs, MinQuorum, ServerStabilizationTime, RedundancyZoneTag,
/// DisableUpgradeMigration, UpgradeVersionTag, CreateIndex, ModifyIndex`, in this order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configuration {
    /// Whether servers that are gone for good are removed from the membership.
    pub cleanup_dead_servers: bool,
    /// How long a server may be silent and still be healthy.
    pub last_contact_threshold: i64,
    /// How far its log may lag behind, in entries.
    pub max_trailing_logs: u64,
    /// So many servers are kept, dead or not.
    pub min_quorum: u64,
    /// How long a new server must have been healthy before its vote counts.
    pub server_stabilization_time: i64,
    /// Of the enterprise edition; kept, without effect.
    pub redundancy_zone_tag: String,
    /// Of the enterprise edition; kept, without effect.
    pub disable_upgrade_migration: bool,
    /// Of the enterprise edition; kept, without effect.
    pub upgrade_version_tag: String,
    /// The write that made it.
    pub create_index: Index,
    /// The last write that changed it.
    pub modify_index: Index,
}

impl Configuration {
    /// What holds until an operator says otherwise: Consul's defaults.
    pub fn initial() -> Self {
        Self {
            cleanup_dead_servers: true,
            last_contact_threshold: 200 * MILLISECOND,
            max_trailing_logs: 250,
            server_stabilization_time: 10_000 * MILLISECOND,
            ..Self::default()
        }
    }
}

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
