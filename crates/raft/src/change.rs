//! Changes of membership: one server at a time, so that any two majorities of neighbouring memberships overlap (thesis §4.1).

use bytes::Bytes;
use proconsul_base::id::RaftId;

use crate::codec::{Malformed, Put, Reader};
use crate::membership::{Membership, Server};

const VERSION: u8 = 1;

/// One change, as it stands in a log entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A new server receives the log, without a vote.
    AddLearner(Server),
    /// A learner becomes a voter. Ask for it once it has caught up.
    Promote(RaftId),
    /// A server leaves for good. Its Raft identity must not come back.
    Remove(RaftId),
}

/// Why a change does not fit the membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidChange {
    /// The server to add is a member already.
    #[error("server {0} is a member of the cluster already")]
    Member(RaftId),
    /// The server to promote is no learner.
    #[error("server {0} is no learner of the cluster, so it cannot become a voter")]
    NoLearner(RaftId),
    /// The server to remove is no member.
    #[error("server {0} is no member of the cluster, so it cannot be removed")]
    NoMember(RaftId),
    /// The server to remove is the only voter.
    #[error("server {0} is the only voter; without it the cluster could never decide anything again")]
    LastVoter(RaftId),
}

impl Change {
    /// Its form in a log entry.
    pub fn encode(&self) -> Bytes {
        let mut to = Vec::new();
        to.put_u8(VERSION);
        match self {
            Self::AddLearner(server) => {
                to.put_u8(0);
                server.encode_into(&mut to);
            }
            Self::Promote(id) => {
                to.put_u8(1);
                to.put_u64(id.get());
            }
            Self::Remove(id) => {
                to.put_u8(2);
                to.put_u64(id.get());
            }
        }
        to.into()
    }

    /// From a log entry.
    pub fn decode(bytes: &Bytes) -> Result<Self, Malformed> {
        let mut from = Reader::new(bytes);
        from.version(VERSION)?;
        let change = match from.u8("the kind of a change")? {
            0 => Self::AddLearner(Server::decode_from(&mut from)?),
            1 => Self::Promote(from.raft_id("the server to promote")?),
            2 => Self::Remove(from.raft_id("the server to remove")?),
            _ => return Err(Malformed::Value("the kind of a change")),
        };
        from.end()?;
        Ok(change)
    }
}

impl Membership {
    /// What this change makes of it. Every server computes the same: a change that does not fit changes nothing anywhere.
    pub fn after(&self, change: &Change) -> Result<Self, InvalidChange> {
        let mut next = self.clone();
        match change {
            Change::AddLearner(server) if self.contains(server.raft_id) => {
                return Err(InvalidChange::Member(server.raft_id));
            }
            Change::AddLearner(server) => next.learners.push(server.clone()),
            Change::Promote(id) => {
                let at = next.learners.iter().position(|server| server.raft_id == *id);
                next.voters.push(next.learners.remove(at.ok_or(InvalidChange::NoLearner(*id))?));
            }
            Change::Remove(id) if !self.contains(*id) => return Err(InvalidChange::NoMember(*id)),
            Change::Remove(id) if self.voters.len() == 1 && self.is_voter(*id) => {
                return Err(InvalidChange::LastVoter(*id));
            }
            Change::Remove(id) => {
                next.voters.retain(|server| server.raft_id != *id);
                next.learners.retain(|server| server.raft_id != *id);
            }
        }
        next.voters.sort();
        next.learners.sort();
        Ok(next)
    }
}
