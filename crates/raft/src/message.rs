//! What peers say to each other: the messages of Raft and their own strict form on the wire.
//!
//! There is no message for proposals: a write that reaches the wrong server is forwarded as an RPC, so that it is authorized again
//! and answered. And none for what is only ever said inside one peer.

mod convert;
mod decode;
mod encode;

use bytes::Bytes;
use proconsul_base::entry::{Entry, SnapshotMark};
use proconsul_base::id::RaftId;
use proconsul_base::index::{Index, Term};

use crate::membership::Membership;

pub(crate) use convert::{entry_from_engine, entry_to_engine, from_engine, mark_of, snapshot_to_engine, to_engine};

const VERSION: u8 = 1;

/// One message from a peer to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who says it.
    pub from: RaftId,
    /// To whom.
    pub to: RaftId,
    /// The sender's term, or the one it stands for; zero in a read that is passed on.
    pub term: Term,
    /// What it says.
    pub kind: Kind,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Entries that follow `previous`, from the leader (paper §5.3).
    Append {
        /// The position before the first entry.
        previous: SnapshotMark,
        /// The leader's commit index.
        commit: Index,
        /// Consecutive entries, perhaps none.
        entries: Vec<Entry>,
    },
    /// The log agrees up to this index and is durable that far.
    Appended {
        /// That index.
        matched: Index,
        /// The follower's commit index.
        commit: Index,
    },
    /// The log does not agree at this index.
    Rejected {
        /// The `previous` that was refused.
        previous: Index,
        /// Where the logs may agree, and the term there.
        hint: SnapshotMark,
        /// The follower's commit index.
        commit: Index,
    },
    /// The leader is alive.
    Heartbeat {
        /// What the follower may take as committed.
        commit: Index,
        /// The reads that the answer confirms.
        context: Bytes,
    },
    /// The leader is still followed.
    HeartbeatReply {
        /// The follower's commit index.
        commit: Index,
        /// As in the heartbeat.
        context: Bytes,
    },
    /// Asks for a vote, or whether one would be given.
    RequestVote {
        /// Only asks (thesis §9.6).
        is_pre: bool,
        /// On behalf of the leader, who hands over (thesis §3.10).
        is_transfer: bool,
        /// The end of the candidate's log.
        last: SnapshotMark,
        /// What the candidate knows to be committed.
        commit: SnapshotMark,
    },
    /// Answers it.
    Vote {
        /// Whether it was only asked.
        is_pre: bool,
        /// Yes or no.
        is_granted: bool,
        /// With a no: what the voter knows to be committed.
        commit: SnapshotMark,
    },
    /// The snapshot has arrived in full; to be used if it is newer.
    Snapshot {
        /// What it covers.
        mark: SnapshotMark,
        /// The servers as of it.
        membership: Membership,
    },
    /// Stand for election at once (thesis §3.10).
    TimeoutNow,
    /// A follower asks for an index to read at.
    ReadIndex {
        /// Names the read.
        context: Bytes,
    },
    /// Answers it.
    ReadIndexReply {
        /// The index.
        index: Index,
        /// As in the question.
        context: Bytes,
    },
}
