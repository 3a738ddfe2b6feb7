//! The nouns of the replicated log, shared by the machine that decides and the disk that keeps.

use bytes::Bytes;

use crate::id::RaftId;
use crate::index::{Index, Term};

/// What an entry carries; the number is its form on disk and on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum EntryKind {
    /// A command for the state machine; empty data is a new leader's no-op.
    Command = 0,
    /// A change of membership.
    Membership = 1,
}

impl EntryKind {
    /// From its number on disk or on the wire; `None` when it is unknown.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Command),
            1 => Some(Self::Membership),
            _ => None,
        }
    }
}

/// One entry of the replicated log (Raft paper §5.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its position; positions have no gaps.
    pub index: Index,
    /// The term of the leader that made it.
    pub term: Term,
    /// What it carries.
    pub kind: EntryKind,
    /// The command or the encoded change.
    pub data: Bytes,
}

/// What a Raft peer must remember before it answers (paper, figure 2), with the commit index it has learnt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HardState {
    /// The newest term seen.
    pub term: Term,
    /// Whom this peer voted for in that term.
    pub vote: Option<RaftId>,
    /// Known to be committed; may lag behind, never runs ahead.
    pub commit: Index,
}

/// A position of the replicated log with its term: what a snapshot covers, or what was cut off the log's beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SnapshotMark {
    /// The last index covered.
    pub index: Index,
    /// The term of the entry at that index.
    pub term: Term,
}
