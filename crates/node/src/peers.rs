//! Gossip members read as servers of our kind: who they are, where they are, whether they can be members of our cluster.

use std::net::SocketAddr;

use proconsul_base::id::{ClusterId, RaftId};
use proconsul_gossip::{Member, Status};
use proconsul_raft::Server;
use proconsul_server::leader::member::Seen;

use crate::tags;

/// A server of our kind in gossip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Peer {
    pub(crate) server: Server,
    /// Where its server port is.
    pub(crate) address: SocketAddr,
    pub(crate) cluster: Option<ClusterId>,
    /// How many servers it waits for before it bootstraps; 0 when it waits to be added.
    pub(crate) expect: u32,
    pub(crate) status: Status,
}

impl Peer {
    /// `None` for a client, a server of another datacenter, or a server that is not of our kind (it has no Raft tag).
    pub(crate) fn of(member: &Member, datacenter: &str) -> Option<Self> {
        let tag = |name: &str| member.tags.get(name).map(String::as_str);
        if tag("role") != Some("consul") || tag("dc") != Some(datacenter) {
            return None;
        }
        let raft_id: RaftId = tag(tags::RAFT)?.parse().ok()?;
        let node_id = tag("id")?.parse().ok()?;
        let port = tag("port")?.parse().ok()?;
        let expect =
            if tag("bootstrap") == Some("1") { 1 } else { tag("expect").and_then(|n| n.parse().ok()).unwrap_or(0) };
        Some(Self {
            server: Server { raft_id, node_id, name: member.name.to_string() },
            address: SocketAddr::new(member.address.ip(), port),
            cluster: tag(tags::CLUSTER).and_then(|cluster| cluster.parse().ok()),
            expect,
            status: member.status,
        })
    }

    /// As the leader's duty for the membership looks at it.
    pub(crate) fn seen(&self, ours: Option<ClusterId>) -> Seen {
        Seen {
            server: self.server.clone(),
            alive: self.status == Status::Alive,
            left: self.status == Status::Left,
            fits: self.cluster.is_none() || self.cluster == ours,
        }
    }
}
