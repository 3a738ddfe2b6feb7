//! What a server has promised, as it stands on disk.

use bytes::Bytes;
use proconsul_base::id::{ClusterId, RaftId};

use super::{Peer, succeeds};
use crate::codec::{Malformed, Put, Reader};
use crate::membership::{Membership, Server};

const VERSION: u8 = 1;

/// One attempt that this server belongs to, and to no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Promise {
    pub(crate) cluster: ClusterId,
    /// The only one who may start it.
    pub(crate) initiator: RaftId,
    pub(crate) members: Membership,
}

impl Promise {
    pub(crate) fn encode(&self) -> Bytes {
        let mut to = Vec::new();
        to.put_u8(VERSION);
        to.put(self.cluster.as_bytes());
        to.put_u64(self.initiator.get());
        to.put_bytes(&self.members.encode());
        to.into()
    }

    pub(crate) fn decode(bytes: &Bytes) -> Result<Self, Malformed> {
        let mut from = Reader::new(bytes);
        from.version(VERSION)?;
        let cluster = ClusterId::from_bytes(from.uuid("a cluster id")?);
        let initiator = from.raft_id("the initiator")?;
        let members = Membership::decode(&from.bytes("the members")?)?;
        from.end()?;
        Ok(Self { cluster, initiator, members })
    }

    /// Whether nobody can start it any more: the initiator's place is taken by another identity, or this server is itself another
    /// one now than the member that promised.
    pub(crate) fn is_void(&self, me: &Server, peers: &[Peer]) -> bool {
        let Some(initiator) = self.members.get(self.initiator) else { return true };
        let is_alive = peers.iter().any(|peer| peer.server.raft_id == self.initiator);
        let has_successor = peers.iter().any(|peer| succeeds(&peer.server, initiator));
        !self.members.contains(me.raft_id) || (has_successor && !is_alive)
    }
}
