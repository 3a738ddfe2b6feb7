//! How a core stands, for its driver and for those who show it. Changes nothing.

use proconsul_base::id::RaftId;
use proconsul_base::index::{Index, Term};
use raft::StateRole;

use super::{Core, Life};
use crate::membership::Membership;
use crate::status::{PeerStatus, Role, Status};

impl Core {
    /// This peer's identity.
    pub fn id(&self) -> RaftId {
        self.config.id
    }

    /// The newest term seen.
    pub fn term(&self) -> Term {
        Term(self.node.raft.term)
    }

    /// What this peer is.
    pub fn role(&self) -> Role {
        match self.node.raft.state {
            StateRole::Follower => Role::Follower,
            StateRole::PreCandidate => Role::PreCandidate,
            StateRole::Candidate => Role::Candidate,
            StateRole::Leader => Role::Leader,
        }
    }

    /// Who leads this term, as far as this peer knows.
    pub fn leader(&self) -> Option<RaftId> {
        RaftId::new(self.node.raft.leader_id)
    }

    /// Known to be committed.
    pub fn commit(&self) -> Index {
        Index(self.node.raft.raft_log.committed)
    }

    /// The servers as of the last change handed out.
    pub fn membership(&self) -> &Membership {
        &self.membership
    }

    /// A leader whose commit index is the cluster's, and who has begun no transfer in this term. If so, and a read asked by
    /// this leader at some instant was answered in the same term, no other leader exists until `election_ticks` ticks after that
    /// instant (less a margin for clocks): until then reads at [`Core::commit`] are linearizable.
    pub fn may_lease(&self) -> bool {
        self.life == Life::Runs
            && self.role() == Role::Leader
            && self.may_lease
            && self.node.raft.commit_to_current_term()
    }

    /// Everything, for those who show it.
    pub fn status(&self) -> Status {
        Status {
            term: self.term(),
            role: self.role(),
            leader: self.leader(),
            commit: self.commit(),
            applied: self.apply.reported(),
            last: Index(self.node.raft.raft_log.last_index()),
            membership: self.membership.clone(),
            is_voter: self.membership.is_voter(self.config.id),
            is_stopped: self.life != Life::Runs,
            transfer: self.node.raft.lead_transferee.and_then(RaftId::new),
            is_current: self.role() == Role::Leader && self.node.raft.commit_to_current_term(),
            ticks: self.ticks,
            may_lease: self.may_lease(),
            peers: if self.role() == Role::Leader { self.peers() } else { Vec::new() },
        }
    }

    fn peers(&self) -> Vec<PeerStatus> {
        let others = self.membership.servers().filter(|server| server.raft_id != self.config.id);
        others
            .filter_map(|server| {
                let progress = self.node.raft.prs().get(server.raft_id.get())?;
                Some(PeerStatus {
                    server: server.clone(),
                    is_voter: self.membership.is_voter(server.raft_id),
                    matched: Index(progress.matched),
                    is_active: progress.recent_active,
                    last_contact: self.last_contact.get(&server.raft_id).copied(),
                    awaits_snapshot: progress.state == raft::ProgressState::Snapshot,
                })
            })
            .collect()
    }
}
