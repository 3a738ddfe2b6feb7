//! Which change of the Raft membership is due, judged by what gossip shows. One change at a time; called again after each.
//!
//! An address is never a reason: a server is its Raft identity, wherever it is now. Nobody is removed for being away. A
//! server goes when it has left on purpose, or when its successor of the same name, made after its log was lost, has a vote.

use proconsul_base::id::RaftId;
use proconsul_base::index::Index;
use proconsul_raft::{Change, Membership, Server};

/// A server as gossip shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Who it is.
    pub server: Server,
    /// Whether it answers.
    pub alive: bool,
    /// Whether it left on purpose.
    pub left: bool,
    /// Whether it may belong to this cluster: it says that it does, or that it belongs to none yet.
    pub fits: bool,
}

/// How far a learner may lag behind the commit index and still count as caught up, in entries: what one append carries.
const CAUGHT_UP_WITHIN: u64 = 250;

/// The next change, if one is due. `matched` tells how far each member's log is known to reach.
pub fn due(
    membership: &Membership,
    seen: &[Seen],
    me: RaftId,
    commit: Index,
    matched: impl Fn(RaftId) -> Option<Index>,
) -> Option<Change> {
    promotion(membership, seen, commit, matched)
        .or_else(|| addition(membership, seen))
        .or_else(|| removal(membership, seen, me))
}

/// A learner that is alive and has caught up gets its vote.
fn promotion(
    membership: &Membership,
    seen: &[Seen],
    commit: Index,
    matched: impl Fn(RaftId) -> Option<Index>,
) -> Option<Change> {
    let alive = |id| seen.iter().any(|other| other.server.raft_id == id && other.alive);
    let caught_up = |id| matched(id).is_some_and(|index| index.0 + CAUGHT_UP_WITHIN >= commit.0 && index > Index::ZERO);
    let learner = membership.learners.iter().find(|learner| alive(learner.raft_id) && caught_up(learner.raft_id))?;
    Some(Change::Promote(learner.raft_id))
}

/// A server that gossip shows alive and that belongs to no other cluster begins as a learner.
fn addition(membership: &Membership, seen: &[Seen]) -> Option<Change> {
    let new = seen.iter().find(|other| other.alive && other.fits && !membership.contains(other.server.raft_id))?;
    Some(Change::AddLearner(new.server.clone()))
}

/// A server that left, or whose successor of the same name votes, goes. Never the leader itself: it hands over first.
fn removal(membership: &Membership, seen: &[Seen], me: RaftId) -> Option<Change> {
    let left = |member: &Server| seen.iter().any(|other| other.server.raft_id == member.raft_id && other.left);
    let gone = |member: &&Server| member.raft_id != me && (left(member) || is_succeeded(member, membership, seen));
    let member = membership.servers().find(gone)?;
    (membership.voters.len() > 1 || !membership.is_voter(member.raft_id)).then_some(Change::Remove(member.raft_id))
}

/// Whether a living voter has this member's name under a newer Raft identity, while this identity is seen nowhere.
fn is_succeeded(member: &Server, membership: &Membership, seen: &[Seen]) -> bool {
    let is_seen = seen.iter().any(|other| other.server.raft_id == member.raft_id && other.alive);
    let has_successor = seen.iter().any(|other| {
        other.alive
            && other.server.name == member.name
            && other.server.raft_id != member.raft_id
            && membership.is_voter(other.server.raft_id)
    });
    !is_seen && has_successor
}

#[cfg(test)]
mod tests;
