//! The members of the gossip pool as the duties of a server look at them. Knows no gossip: the node around the server
//! translates what it sees.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use proconsul_base::id::{ClusterId, NodeId, RaftId};
use proconsul_raft::Server;
use proconsul_types::node::Text;

/// Everybody who is known, by name.
pub type Pool = Arc<[Member]>;

/// One member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name, unique in the pool.
    pub name: Text,
    /// Where it is.
    pub address: IpAddr,
    /// Whether it is there.
    pub presence: Presence,
    /// Its node id, if it tells one.
    pub node_id: Option<NodeId>,
    /// What it tells as a server of this datacenter; `None` for a client.
    pub server: Option<ServerTags>,
}

/// What gossip knows of a member's presence. Users see the names in small letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Answers, or is only suspected.
    Alive,
    /// Has said that it leaves.
    Leaving,
    /// Has left on purpose.
    Left,
    /// Stopped answering without a word.
    Failed,
}

/// What a server tells about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerTags {
    /// The server port.
    pub port: u16,
    /// Its Raft identity; a server of another kind has none.
    pub raft_id: Option<RaftId>,
    /// The version of Consul that it stands for.
    pub version: String,
    /// Consul's Raft protocol version.
    pub raft_version: String,
    /// The serf protocol: oldest, newest, spoken.
    pub serf_protocol: (u8, u8, u8),
    /// The cluster it belongs to, if it belongs to one yet.
    pub cluster: Option<ClusterId>,
    /// How many servers it waits for before it founds a cluster; 0 when it waits to be added to one.
    pub expect: usize,
}

impl Member {
    /// The server port's address; `None` for a client.
    pub fn server_address(&self) -> Option<SocketAddr> {
        self.server.as_ref().map(|server| SocketAddr::new(self.address, server.port))
    }

    /// As a server of our kind, which has a Raft identity and a node id.
    pub fn as_raft_server(&self) -> Option<Server> {
        Some(Server { raft_id: self.raft_id()?, node_id: self.node_id?, name: self.name.to_string() })
    }

    /// The Raft identity, if it has one.
    pub fn raft_id(&self) -> Option<RaftId> {
        self.server.as_ref().and_then(|server| server.raft_id)
    }
}

impl fmt::Display for Presence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Alive => "alive",
            Self::Leaving => "leaving",
            Self::Left => "left",
            Self::Failed => "failed",
        })
    }
}
