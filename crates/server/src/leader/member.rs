//! Which change of the Raft membership is due, judged by what gossip shows. One change at a time; called again after each.
//!
//! An address is never a reason: a server is its Raft identity, wherever it is now. A server goes
//!
//! - when it has left on purpose,
//! - when its successor of the same name, made after its log was lost, has a vote,
//! - when gossip shows it failed and it makes the number of voters even: then another has taken its place, and without it the
//!   cluster survives one failure more. Among an odd number of voters nobody is removed for being away.

use proconsul_base::id::{ClusterId, RaftId};
use proconsul_base::index::Index;
use proconsul_raft::{Change, Membership, Server};

use crate::pool::{Member, Presence};

/// A server as gossip shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Who it is.
    pub server: Server,
    /// Whether it is there.
    pub presence: Presence,
    /// Whether it may belong to this cluster: it says that it does, or that it belongs to none yet.
    pub fits: bool,
}

/// What else there is to judge by.
pub struct Standing<'a> {
    /// The leader itself.
    pub me: RaftId,
    /// Known to be committed.
    pub commit: Index,
    /// How far each member's log is known to reach.
    pub matched: &'a dyn Fn(RaftId) -> Option<Index>,
    /// Whether a server has been healthy for long enough to get a vote.
    pub stable: &'a dyn Fn(RaftId) -> bool,
    /// Whether failed servers that have been replaced are removed (`CleanupDeadServers`).
    pub cleanup: bool,
    /// Fewer voters than this are never made by that (`MinQuorum`).
    pub voters_min: usize,
}

/// How far a learner may lag behind the commit index and still count as caught up, in entries: what one append carries.
const CAUGHT_UP_WITHIN: u64 = 250;

impl Seen {
    /// A member of the pool; `None` for a client, and for a server that is not of our kind.
    pub fn of(member: &Member, ours: Option<ClusterId>) -> Option<Self> {
        let cluster = member.server.as_ref()?.cluster;
        let fits = cluster.is_none() || cluster == ours;
        Some(Self { server: member.as_raft_server()?, presence: member.presence, fits })
    }

    fn is_alive(&self) -> bool {
        self.presence == Presence::Alive
    }
}

/// The next change, if one is due.
pub fn due(membership: &Membership, seen: &[Seen], standing: &Standing<'_>) -> Option<Change> {
    promotion(membership, seen, standing)
        .or_else(|| addition(membership, seen))
        .or_else(|| removal(membership, seen, standing))
}

/// A learner that is alive and has caught up gets its vote: once it is stable, at once when it takes the place of its former
/// self, whose vote is lost.
fn promotion(membership: &Membership, seen: &[Seen], standing: &Standing<'_>) -> Option<Change> {
    let alive = |id| seen.iter().any(|other| other.server.raft_id == id && other.is_alive());
    let caught_up = |id| {
        let matched = (standing.matched)(id);
        matched.is_some_and(|index| index.0 + CAUGHT_UP_WITHIN >= standing.commit.0 && index > Index::ZERO)
    };
    let returns =
        |learner: &Server| membership.voters.iter().any(|voter| voter.name == learner.name && !alive(voter.raft_id));
    let ready = |learner: &&Server| {
        let id = learner.raft_id;
        alive(id) && caught_up(id) && ((standing.stable)(id) || returns(learner))
    };
    membership.learners.iter().find(ready).map(|learner| Change::Promote(learner.raft_id))
}

/// A server that gossip shows alive and that belongs to no other cluster begins as a learner.
fn addition(membership: &Membership, seen: &[Seen]) -> Option<Change> {
    let new = seen.iter().find(|other| other.is_alive() && other.fits && !membership.contains(other.server.raft_id))?;
    Some(Change::AddLearner(new.server.clone()))
}

/// The first server that has to go. Never the leader itself: it hands over first.
fn removal(membership: &Membership, seen: &[Seen], standing: &Standing<'_>) -> Option<Change> {
    let shown = |member: &Server, presence| {
        seen.iter().any(|other| other.server.raft_id == member.raft_id && other.presence == presence)
    };
    let others = || membership.servers().filter(|member| member.raft_id != standing.me);
    let is_over = |member: &&Server| shown(member, Presence::Left) || is_succeeded(member, membership, seen);
    let can_spare_one = standing.cleanup
        && membership.voters.len() > 2
        && membership.voters.len().is_multiple_of(2)
        && membership.voters.len() > standing.voters_min;
    let is_replaced =
        |member: &&Server| can_spare_one && membership.is_voter(member.raft_id) && shown(member, Presence::Failed);
    let member = others().find(is_over).or_else(|| others().find(is_replaced))?;
    (membership.voters.len() > 1 || !membership.is_voter(member.raft_id)).then_some(Change::Remove(member.raft_id))
}

/// Whether a living voter has this member's name under a newer Raft identity, while this identity is seen nowhere.
fn is_succeeded(member: &Server, membership: &Membership, seen: &[Seen]) -> bool {
    let is_seen = seen.iter().any(|other| other.server.raft_id == member.raft_id && other.is_alive());
    let has_successor = seen.iter().any(|other| {
        other.is_alive()
            && other.server.name == member.name
            && other.server.raft_id != member.raft_id
            && membership.is_voter(other.server.raft_id)
    });
    !is_seen && has_successor
}

#[cfg(test)]
mod tests;
