//! What an agent says about itself and about the members it sees.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One line of `GET /v1/agent/members`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Member {
    /// The node name.
    pub name: String,
    /// The address without the port.
    pub addr: String,
    /// The port of its gossip.
    pub port: u16,
    /// The serf tags.
    pub tags: BTreeMap<String, String>,
    /// serf's number of the state: 0 none, 1 alive, 2 leaving, 3 left, 4 failed.
    pub status: u8,
    /// Lowest memberlist protocol it speaks.
    pub protocol_min: u8,
    /// Highest memberlist protocol it speaks.
    pub protocol_max: u8,
    /// The memberlist protocol it uses.
    pub protocol_cur: u8,
    /// Lowest serf protocol it speaks.
    pub delegate_min: u8,
    /// Highest serf protocol it speaks.
    pub delegate_max: u8,
    /// The serf protocol it uses.
    pub delegate_cur: u8,
}

/// `GET /v1/agent/self`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AgentSelf {
    /// The part of the configuration that is a promise.
    pub config: AgentConfig,
    /// The rest of the configuration, for people to read.
    pub debug_config: BTreeMap<String, serde_json::Value>,
    /// The network coordinate; `null` when the agent has none.
    pub coord: Option<Coordinate>,
    /// The agent as gossip sees it.
    pub member: Member,
    /// Counters by part and name, all as text, as `consul info` prints them.
    pub stats: BTreeMap<String, BTreeMap<String, String>>,
    /// The node's metadata.
    pub meta: BTreeMap<String, String>,
}

/// The promised part of an agent's configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentConfig {
    /// The datacenter's name.
    #[serde(rename = "Datacenter")]
    pub datacenter: String,
    /// The node's name.
    #[serde(rename = "NodeName")]
    pub node_name: String,
    /// The node's id.
    #[serde(rename = "NodeID")]
    pub node_id: String,
    /// The commit the program was built from, empty when unknown.
    #[serde(rename = "Revision")]
    pub revision: String,
    /// Whether it is a server.
    #[serde(rename = "Server")]
    pub server: bool,
    /// The version of Consul whose behaviour it has.
    #[serde(rename = "Version")]
    pub version: String,
}

/// A network coordinate (Vivaldi), as serf computes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Coordinate {
    /// The place in space, in seconds.
    pub vec: Vec<f64>,
    /// How little the place is trusted.
    pub error: f64,
    /// A correction from recent measurements, in seconds.
    pub adjustment: f64,
    /// The distance to the network's core, in seconds.
    pub height: f64,
}
