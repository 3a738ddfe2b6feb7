//! What operators ask about Raft.

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
