//! What operators ask: the Raft membership and autopilot.

use proconsul_base::index::Index;
use proconsul_calls::operator::SetAutopilot;
use proconsul_gopack::Time;
use proconsul_types::autopilot as types;
use proconsul_types::operator as raft;
use serde::{Deserialize, Serialize};

use crate::options::{name, nanos};

/// What autopilot goes by; also how it stands in a snapshot file (`autopilot.Config`). Lengths of time are in nanoseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "each is described in proconsul_types::autopilot::Configuration")]
pub struct AutopilotConfig {
    pub cleanup_dead_servers: bool,
    pub create_index: u64,
    pub disable_upgrade_migration: bool,
    pub last_contact_threshold: i64,
    pub max_trailing_logs: u64,
    pub min_quorum: u64,
    pub modify_index: u64,
    pub redundancy_zone_tag: String,
    pub server_stabilization_time: i64,
    pub upgrade_version_tag: String,
}

impl From<&types::Configuration> for AutopilotConfig {
    fn from(configuration: &types::Configuration) -> Self {
        let configuration = configuration.clone();
        Self {
            cleanup_dead_servers: configuration.cleanup_dead_servers,
            create_index: configuration.create_index.0,
            disable_upgrade_migration: configuration.disable_upgrade_migration,
            last_contact_threshold: configuration.last_contact_threshold,
            max_trailing_logs: configuration.max_trailing_logs,
            min_quorum: configuration.min_quorum,
            modify_index: configuration.modify_index.0,
            redundancy_zone_tag: configuration.redundancy_zone_tag,
            server_stabilization_time: configuration.server_stabilization_time,
            upgrade_version_tag: configuration.upgrade_version_tag,
        }
    }
}

impl From<AutopilotConfig> for types::Configuration {
    fn from(config: AutopilotConfig) -> Self {
        Self {
            cleanup_dead_servers: config.cleanup_dead_servers,
            last_contact_threshold: config.last_contact_threshold,
            max_trailing_logs: config.max_trailing_logs,
            min_quorum: config.min_quorum,
            server_stabilization_time: config.server_stabilization_time,
            redundancy_zone_tag: config.redundancy_zone_tag,
            disable_upgrade_migration: config.disable_upgrade_migration,
            upgrade_version_tag: config.upgrade_version_tag,
            create_index: Index(config.create_index),
            modify_index: Index(config.modify_index),
        }
    }
}

/// Says what autopilot is to go by (`AutopilotSetConfigRequest`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AutopilotSetConfigRequest {
    /// Whether only if it was last changed at the index in it.
    #[serde(rename = "CAS")]
    pub cas: bool,
    /// The configuration.
    pub config: AutopilotConfig,
    /// The datacenter.
    pub datacenter: String,
    /// The secret of who asks.
    pub token: String,
}

impl From<AutopilotSetConfigRequest> for SetAutopilot {
    fn from(AutopilotSetConfigRequest { cas, config, datacenter, .. }: AutopilotSetConfigRequest) -> Self {
        let index = Index(config.modify_index);
        Self { datacenter: name(&datacenter), configuration: config.into(), cas: cas.then_some(index) }
    }
}

impl From<SetAutopilot> for AutopilotSetConfigRequest {
    fn from(SetAutopilot { datacenter, configuration, cas }: SetAutopilot) -> Self {
        let mut config = AutopilotConfig::from(&configuration);
        config.modify_index = cas.unwrap_or_default().0;
        Self { cas: cas.is_some(), config, datacenter: datacenter.unwrap_or_default().into(), token: String::new() }
    }
}

/// How the servers are (`OperatorHealthReply`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ServersHealth {
    /// How many could fail.
    pub failure_tolerance: u64,
    /// Whether all are.
    pub healthy: bool,
    /// Each of them.
    pub servers: Option<Vec<ServerHealth>>,
}

/// How a server is (`ServerHealth`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "each is described in proconsul_types::autopilot::ServerHealth")]
pub struct ServerHealth {
    pub address: String,
    pub healthy: bool,
    #[serde(rename = "ID")]
    pub id: String,
    pub last_contact: i64,
    pub last_index: u64,
    pub last_term: u64,
    pub leader: bool,
    pub name: String,
    /// serf's number of the state.
    pub serf_status: i64,
    pub stable_since: Time,
    pub version: String,
    pub voter: bool,
}

/// serf's words for the states of members, in the order of their numbers.
const SERF_STATUS: [&str; 5] = ["none", "alive", "leaving", "left", "failed"];

impl From<&types::Health> for ServersHealth {
    fn from(health: &types::Health) -> Self {
        Self {
            failure_tolerance: health.failure_tolerance,
            healthy: health.healthy,
            servers: Some(health.servers.iter().map(Into::into).collect()),
        }
    }
}

impl From<&types::ServerHealth> for ServerHealth {
    fn from(server: &types::ServerHealth) -> Self {
        let status = SERF_STATUS.iter().position(|word| *word == server.serf_status).unwrap_or(0);
        Self {
            address: server.address.clone(),
            healthy: server.healthy,
            id: server.id.clone(),
            last_contact: nanos(server.last_contact),
            last_index: server.last_index,
            last_term: server.last_term,
            leader: server.leader,
            name: server.name.clone(),
            serf_status: status as i64,
            stable_since: Time::from_unix(server.stable_since.cast_signed(), 0),
            version: server.version.clone(),
            voter: server.voter,
        }
    }
}

impl From<ServersHealth> for types::Health {
    fn from(health: ServersHealth) -> Self {
        let servers = health.servers.unwrap_or_default().into_iter().map(Into::into).collect();
        Self { healthy: health.healthy, failure_tolerance: health.failure_tolerance, servers }
    }
}

impl From<ServerHealth> for types::ServerHealth {
    fn from(server: ServerHealth) -> Self {
        let status = usize::try_from(server.serf_status).ok().and_then(|number| SERF_STATUS.get(number));
        Self {
            id: server.id,
            name: server.name,
            address: server.address,
            serf_status: (*status.unwrap_or(&SERF_STATUS[0])).to_owned(),
            version: server.version,
            leader: server.leader,
            last_contact: std::time::Duration::from_nanos(u64::try_from(server.last_contact).unwrap_or(0)),
            last_term: server.last_term,
            last_index: server.last_index,
            healthy: server.healthy,
            voter: server.voter,
            stable_since: u64::try_from(server.stable_since.unix().0).unwrap_or(0),
        }
    }
}

/// The Raft membership (`RaftConfigurationResponse`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RaftConfiguration {
    /// The log index of the configuration; Consul 1.8 always says 0.
    pub index: u64,
    /// The servers.
    pub servers: Option<Vec<RaftServer>>,
}

/// One server (`RaftServer`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "each is described in proconsul_types::operator::RaftServer")]
pub struct RaftServer {
    pub address: String,
    #[serde(rename = "ID")]
    pub id: String,
    pub leader: bool,
    pub node: String,
    pub protocol_version: String,
    pub voter: bool,
}

impl From<raft::RaftConfiguration> for RaftConfiguration {
    fn from(raft::RaftConfiguration { servers, index }: raft::RaftConfiguration) -> Self {
        let server = |raft::RaftServer { id, node, address, leader, protocol_version, voter }| RaftServer {
            address,
            id,
            leader,
            node,
            protocol_version,
            voter,
        };
        Self { index, servers: Some(servers.into_iter().map(server).collect()) }
    }
}

impl From<RaftConfiguration> for raft::RaftConfiguration {
    fn from(RaftConfiguration { index, servers }: RaftConfiguration) -> Self {
        let server = |RaftServer { address, id, leader, node, protocol_version, voter }| raft::RaftServer {
            id,
            node,
            address,
            leader,
            protocol_version,
            voter,
        };
        Self { servers: servers.unwrap_or_default().into_iter().map(server).collect(), index }
    }
}

/// Removes a server from the Raft membership (`RaftRemovePeerRequest`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RaftRemovePeerRequest {
    /// Its `ip:port`, when it is named by that.
    pub address: String,
    /// The datacenter.
    pub datacenter: String,
    /// Its id, when it is named by that.
    #[serde(rename = "ID")]
    pub id: String,
    /// The secret of who asks.
    pub token: String,
}
