//! How a core stands, for those who show it or decide by it.

use proconsul_base::id::RaftId;
use proconsul_base::index::{Index, Term};

use crate::membership::{Membership, Server};

/// What a peer is at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Follows a leader, or waits for one.
    Follower,
    /// Asks whether an election could be won, without disturbing anyone (thesis §9.6).
    PreCandidate,
    /// Stands for election.
    Candidate,
    /// Leads its term.
    Leader,
}

/// A core's state.
#[derive(Clone, Debug)]
pub struct Status {
    /// The newest term seen.
    pub term: Term,
    /// What this peer is.
    pub role: Role,
    /// Who leads this term, as far as this peer knows.
    pub leader: Option<RaftId>,
    /// Known to be committed.
    pub commit: Index,
    /// Reported as applied.
    pub applied: Index,
    /// The end of the log, durable or not.
    pub last: Index,
    /// The servers as of the last change handed out.
    pub membership: Membership,
    /// Whether this peer's vote counts.
    pub is_voter: bool,
    /// Removed from its cluster: it takes part in nothing any more.
    pub is_stopped: bool,
    /// A leader only: leadership is on its way to this peer, and proposals are refused meanwhile.
    pub transfer: Option<RaftId>,
    /// A leader only: an entry of its own term is committed, so its commit index is the cluster's.
    pub is_current: bool,
    /// Ticks since the core started.
    pub ticks: u64,
    /// As [`crate::Core::may_lease`].
    pub may_lease: bool,
    /// A leader only: the other servers.
    pub peers: Vec<PeerStatus>,
}

/// How far another server is, as its leader sees it.
#[derive(Clone, Debug)]
pub struct PeerStatus {
    /// Who.
    pub server: Server,
    /// Whether its vote counts.
    pub is_voter: bool,
    /// The last index known to be durable there.
    pub matched: Index,
    /// Heard from in the current check-quorum window.
    pub is_active: bool,
    /// The tick of the last message from it in this term.
    pub last_contact: Option<u64>,
    /// Waits for a snapshot to arrive.
    pub awaits_snapshot: bool,
}
