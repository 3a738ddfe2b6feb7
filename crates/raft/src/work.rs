//! What a core asks of its driver, and what it answers to those who asked something of it.

use std::fmt;

use bytes::Bytes;
use proconsul_base::entry::{Entry, HardState, SnapshotMark};
use proconsul_base::id::RaftId;
use proconsul_base::index::Index;

use crate::change::InvalidChange;
use crate::membership::Membership;
use crate::message::Message;

/// Everything to do after one turn. The parts are independent of each other, in any order, unless a part says otherwise.
#[derive(Debug, Default)]
pub struct Work {
    /// To be written, after all earlier writes; then [`crate::Core::persisted`].
    pub write: Option<Write>,
    /// To be sent now. What must wait for a disk is not in here yet.
    pub send: Vec<Message>,
    /// Snapshots to be streamed to other servers; then [`crate::Core::snapshot_sent`].
    pub send_snapshot: Vec<SendSnapshot>,
    /// A server needs a snapshot newer than the newest: one is to be taken soon, of a state that includes everything in
    /// `membership_changed` so far; then [`crate::Core::snapshot_taken`].
    pub wants_snapshot: bool,
    /// The state machine must load this snapshot, which is durable by now, before it applies `committed`.
    pub install_snapshot: Option<SnapshotMark>,
    /// To be applied in order, without gaps; then [`crate::Core::applied`].
    pub committed: Vec<Committed>,
    /// The membership from this index on; in force when this work is handed out.
    pub membership_changed: Vec<(Index, Membership)>,
    /// Reads that may be answered once this index is applied.
    pub reads: Vec<(u64, Index)>,
    /// Tickets that will get no other answer.
    pub refused: Vec<(u64, Refused)>,
    /// Entries to be read from disk for a server that lags behind; then [`crate::Core::fetched`].
    pub fetch: Vec<Fetch>,
    /// This server was removed, said once. Nothing is committed, proposed or read here any more. It may end now; it does better to go on
    /// as long as others may still ask for its vote, because those who do not know of the removal yet may need it.
    pub is_stopped: bool,
}

impl Work {
    pub(crate) fn is_empty(&self) -> bool {
        self.write.is_none()
            && self.send.is_empty()
            && self.send_snapshot.is_empty()
            && !self.wants_snapshot
            && self.install_snapshot.is_none()
            && self.committed.is_empty()
            && self.membership_changed.is_empty()
            && self.reads.is_empty()
            && self.refused.is_empty()
            && self.fetch.is_empty()
            && !self.is_stopped
    }
}

/// One write to the log. It takes effect as a whole or, after a crash, not at all; it is never durable without those before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Writes are numbered from 1 without gaps.
    pub number: u64,
    /// A received snapshot, complete on disk, becomes the beginning: the log is emptied and goes on after it. Comes first.
    pub snapshot: Option<SnapshotMark>,
    /// To be appended. The first may lie before the end of the log: what is there from its index on is replaced.
    pub entries: Vec<Entry>,
    /// The newest term, vote and commit index.
    pub hard_state: Option<HardState>,
    /// The membership as of an index. A restart begins from the newest one ([`crate::Start`]).
    pub membership: Option<(Index, Membership)>,
    /// Whether it must be durable before it is reported. If not, being handed to the operating system is enough.
    pub sync: bool,
}

/// A committed entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The entry.
    pub entry: Entry,
    /// The ticket it was proposed with, if it was proposed here since the start.
    pub ticket: Option<u64>,
}

/// A snapshot to be streamed. When the peer has all of it on its disk, and not before, its core is given `message`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendSnapshot {
    /// To whom.
    pub to: RaftId,
    /// Which; the newest one taken here, or a newer one may be sent after asking again.
    pub mark: SnapshotMark,
    /// What the peer's driver steps its core with once the file is there.
    pub message: Message,
}

/// Entries to be read from the log on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fetch {
    /// To be given back with the entries.
    pub number: u64,
    /// The first index.
    pub first: Index,
    /// The index after the last one wanted; fewer may be read.
    pub end: Index,
    /// About how many bytes are wanted; at least one entry.
    pub max_bytes: u64,
}

/// Why a ticket was refused. Where it says so, the outcome is unknown: the entry may still be committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not proposed: this server does not lead.
    #[error("this server does not lead the cluster{}", Known(.leader))]
    NotLeader {
        /// Who does, as far as it is known.
        leader: Option<RaftId>,
    },
    /// Not proposed: leadership is being handed over.
    #[error("leadership is being handed over; try again")]
    Transferring,
    /// Not proposed: too much is waiting for its commit or apply already.
    #[error("too many writes are waiting already; try again")]
    Busy,
    /// Not proposed: an earlier change of membership is not complete.
    #[error("an earlier change of membership is not complete yet; try again")]
    ChangePending,
    /// Not proposed: the change does not fit.
    #[error(transparent)]
    Change(#[from] InvalidChange),
    /// Not proposed: a leader removes itself only after handing over.
    #[error("the leader cannot remove itself; transfer leadership first")]
    RemovesLeader,
    /// Proposed, and certainly never committed: another leader's entry took its place.
    #[error("leadership was lost and another entry took this one's place")]
    Overwritten,
    /// Proposed; whether it was or will be committed is unknown.
    #[error("leadership was lost before the outcome was known")]
    Unknown,
    /// This server was removed from its cluster.
    #[error("this server was removed from its cluster")]
    Stopped,
}

struct Known<'a>(&'a Option<RaftId>);

impl fmt::Display for Known<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(leader) => write!(f, "; {leader} does"),
            None => f.write_str("; no leader is known"),
        }
    }
}

impl Refused {
    /// Whether the entry may still be committed in spite of the refusal.
    pub const fn may_still_commit(self) -> bool {
        matches!(self, Self::Unknown | Self::Stopped)
    }
}

/// A proposal that waits for the end of the turn.
#[derive(Debug)]
pub(crate) struct Proposal {
    pub(crate) ticket: u64,
    pub(crate) data: Bytes,
}
