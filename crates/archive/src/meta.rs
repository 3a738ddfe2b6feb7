//! What an archive says about its state, in the form of Raft's snapshots (`meta.json`).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proconsul_gopack::to_vec;
use serde::{Deserialize, Serialize};

/// The only version of the form.
pub(crate) const VERSION: i64 = 1;

/// What `consul snapshot inspect` shows, and the servers that the state comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Meta {
    /// The version of the form.
    pub version: i64,
    /// Term, index and time of the snapshot, as one name.
    #[serde(rename = "ID")]
    pub id: String,
    /// The last write that is in the state.
    pub index: u64,
    /// The term of that write.
    pub term: u64,
    /// The servers' addresses, in the form of before Raft protocol 3.
    #[serde(default)]
    peers: Option<String>,
    /// The servers.
    #[serde(default)]
    configuration: Configuration,
    /// The write that made them the servers.
    #[serde(default)]
    configuration_index: u64,
    /// How large the state is, in bytes.
    pub size: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Configuration {
    servers: Vec<Server>,
}

/// One server that the state comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Server {
    /// 0 for a voter, 1 for one that does not vote.
    pub suffrage: u8,
    /// Its node id.
    #[serde(rename = "ID")]
    pub id: String,
    /// `ip:port` of its server port.
    pub address: String,
}

impl Meta {
    /// Says of a state of this size when and where it was.
    pub(crate) fn new(index: u64, origin: &crate::Origin, size: u64) -> Self {
        let crate::Origin { term, servers, configuration_index, milliseconds } = origin;
        Self {
            version: VERSION,
            id: format!("{term}-{index}-{milliseconds}"),
            index,
            term: *term,
            peers: Some(STANDARD.encode(peers(servers))),
            configuration: Configuration { servers: servers.clone() },
            configuration_index: *configuration_index,
            size,
        }
    }

    /// The servers that the state comes from. Those that restore it stay as they are.
    pub fn servers(&self) -> &[Server] {
        &self.configuration.servers
    }
}

/// The addresses of the voters, as MessagePack.
fn peers(servers: &[Server]) -> Vec<u8> {
    let voters = servers.iter().filter(|server| server.suffrage == 0);
    let addresses: Vec<&str> = voters.map(|server| &*server.address).collect();
    // Texts have a form always.
    to_vec(&addresses).unwrap_or_default()
}
