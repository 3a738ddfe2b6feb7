//! Who belongs to a cluster: voters and learners. Knows no addresses; where a server is at the moment is gossip's to say.

use bytes::Bytes;
use proconsul_base::id::{NodeId, RaftId};

use crate::codec::{Malformed, Put, Reader};

const VERSION: u8 = 1;

/// Who a peer is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Server {
    /// Its Raft identity, made with its log.
    pub raft_id: RaftId,
    /// The node it runs on.
    pub node_id: NodeId,
    /// The node's name.
    pub name: String,
}

/// The servers of a cluster as of one index of the log. Sorted by Raft id; nobody is in it twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Membership {
    /// Those whose votes and disks count.
    pub voters: Vec<Server>,
    /// Those who receive the log but do not count.
    pub learners: Vec<Server>,
}

impl Membership {
    /// A cluster of these voters, sorted.
    pub fn of_voters(mut voters: Vec<Server>) -> Self {
        voters.sort();
        voters.dedup_by_key(|server| server.raft_id);
        Self { voters, learners: Vec::new() }
    }

    /// All servers, voters first.
    pub fn servers(&self) -> impl Iterator<Item = &Server> {
        self.voters.iter().chain(&self.learners)
    }

    /// The server of this identity.
    pub fn get(&self, id: RaftId) -> Option<&Server> {
        self.servers().find(|server| server.raft_id == id)
    }

    /// Whether it belongs to the cluster.
    pub fn contains(&self, id: RaftId) -> bool {
        self.get(id).is_some()
    }

    /// Whether its vote counts.
    pub fn is_voter(&self, id: RaftId) -> bool {
        self.voters.iter().any(|server| server.raft_id == id)
    }

    /// Its stored form.
    pub fn encode(&self) -> Bytes {
        let mut to = Vec::new();
        self.encode_into(&mut to);
        to.into()
    }

    pub(crate) fn encode_into(&self, to: &mut Vec<u8>) {
        to.put_u8(VERSION);
        for servers in [&self.voters, &self.learners] {
            assert!(u16::try_from(servers.len()).is_ok(), "a cluster has fewer than 65536 servers");
            to.put_u16(servers.len() as u16);
            for server in servers {
                server.encode_into(to);
            }
        }
    }

    /// From its stored form. A membership without voters is refused: no such cluster can decide anything.
    pub fn decode(bytes: &Bytes) -> Result<Self, Malformed> {
        let mut from = Reader::new(bytes);
        from.version(VERSION)?;
        let voters = servers(&mut from)?;
        let learners = servers(&mut from)?;
        from.end()?;
        let membership = Self { voters, learners };
        let twice = membership.learners.iter().any(|server| membership.is_voter(server.raft_id));
        match membership.voters.is_empty() || twice {
            true => Err(Malformed::Value("a membership")),
            false => Ok(membership),
        }
    }
}

fn servers(from: &mut Reader<'_>) -> Result<Vec<Server>, Malformed> {
    let count = from.u16("the number of servers")?;
    let servers = (0..count).map(|_| Server::decode_from(from)).collect::<Result<Vec<_>, _>>()?;
    match servers.is_sorted_by(|one, next| one.raft_id < next.raft_id) {
        true => Ok(servers),
        false => Err(Malformed::Value("the order of servers")),
    }
}

impl Server {
    pub(crate) fn encode_into(&self, to: &mut Vec<u8>) {
        to.put_u64(self.raft_id.get());
        to.put(self.node_id.as_bytes());
        to.put_text(&self.name);
    }

    pub(crate) fn decode_from(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self {
            raft_id: from.raft_id("a server's Raft id")?,
            node_id: NodeId::from_bytes(from.uuid("a server's node id")?),
            name: from.text("a server's name")?,
        })
    }
}
