//! What operators ask about Raft, and about how much is in the catalog.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// `GET /v1/operator/raft/configuration`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RaftConfiguration {
    /// The servers of the configuration, in its order.
    pub servers: Vec<RaftServer>,
    /// The log index of the configuration.
    pub index: u64,
}

/// One server of the Raft configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RaftServer {
    /// The node id.
    #[serde(rename = "ID")]
    pub id: String,
    /// The node name, `(unknown)` when gossip does not know the server.
    #[serde(rename = "Node")]
    pub node: String,
    /// `ip:port` of its server port.
    #[serde(rename = "Address")]
    pub address: String,
    /// Whether it leads.
    #[serde(rename = "Leader")]
    pub leader: bool,
    /// Consul's Raft protocol version, a number in text.
    #[serde(rename = "ProtocolVersion")]
    pub protocol_version: String,
    /// Whether it votes; a learner does not.
    #[serde(rename = "Voter")]
    pub voter: bool,
}

/// How much is in one datacenter's catalog, a part of `GET /v1/operator/usage`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Usage {
    /// Names of services.
    pub services: usize,
    /// Instances of them.
    pub service_instances: usize,
    /// Instances that belong to the mesh, by what they are.
    pub connect_service_instances: BTreeMap<String, usize>,
    /// Instances that are neither servers nor of the mesh.
    pub billable_service_instances: usize,
}
