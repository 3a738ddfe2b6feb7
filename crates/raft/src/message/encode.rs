//! A message's bytes, little-endian:
//!
//! ```text
//! u8 version (1)  u8 kind  u64 from  u64 to  u64 term  then by kind; mark = u64 index, u64 term; bytes = u32 length, bytes
//! 0 append            mark previous, u64 commit, u32 count, { u64 index, u64 term, u8 kind, bytes data } …
//! 1 appended          u64 matched, u64 commit
//! 2 rejected          u64 previous, mark hint, u64 commit
//! 3 heartbeat         u64 commit, bytes context          4 heartbeat reply   the same
//! 5 request vote      u8 is_pre, u8 is_transfer, mark last, mark commit
//! 6 vote              u8 is_pre, u8 is_granted, mark commit
//! 7 snapshot          mark, bytes membership
//! 8 timeout now       9 read index        bytes context  10 read index reply u64 index, bytes context
//! ```

use proconsul_base::entry::{Entry, SnapshotMark};

use super::{Kind, Message, VERSION};
use crate::codec::Put;

impl Message {
    /// Appends the message's bytes.
    pub fn encode_into(&self, to: &mut Vec<u8>) {
        to.put_u8(VERSION);
        to.put_u8(self.kind.number());
        to.put_u64(self.from.get());
        to.put_u64(self.to.get());
        to.put_u64(self.term.0);
        self.kind.encode_into(to);
    }
}

impl Kind {
    fn number(&self) -> u8 {
        match self {
            Self::Append { .. } => 0,
            Self::Appended { .. } => 1,
            Self::Rejected { .. } => 2,
            Self::Heartbeat { .. } => 3,
            Self::HeartbeatReply { .. } => 4,
            Self::RequestVote { .. } => 5,
            Self::Vote { .. } => 6,
            Self::Snapshot { .. } => 7,
            Self::TimeoutNow => 8,
            Self::ReadIndex { .. } => 9,
            Self::ReadIndexReply { .. } => 10,
        }
    }

    fn encode_into(&self, to: &mut Vec<u8>) {
        match self {
            Self::Append { previous, commit, entries } => {
                put_mark(to, *previous);
                to.put_u64(commit.0);
                put_entries(to, entries);
            }
            Self::Appended { matched, commit } => {
                to.put_u64(matched.0);
                to.put_u64(commit.0);
            }
            Self::Rejected { previous, hint, commit } => {
                to.put_u64(previous.0);
                put_mark(to, *hint);
                to.put_u64(commit.0);
            }
            Self::Heartbeat { commit, context } | Self::HeartbeatReply { commit, context } => {
                to.put_u64(commit.0);
                to.put_bytes(context);
            }
            Self::RequestVote { is_pre, is_transfer, last, commit } => {
                to.put_bool(*is_pre);
                to.put_bool(*is_transfer);
                put_mark(to, *last);
                put_mark(to, *commit);
            }
            Self::Vote { is_pre, is_granted, commit } => {
                to.put_bool(*is_pre);
                to.put_bool(*is_granted);
                put_mark(to, *commit);
            }
            Self::Snapshot { mark, membership } => {
                put_mark(to, *mark);
                to.put_bytes(&membership.encode());
            }
            Self::TimeoutNow => {}
            Self::ReadIndex { context } => to.put_bytes(context),
            Self::ReadIndexReply { index, context } => {
                to.put_u64(index.0);
                to.put_bytes(context);
            }
        }
    }
}

fn put_mark(to: &mut Vec<u8>, mark: SnapshotMark) {
    to.put_u64(mark.index.0);
    to.put_u64(mark.term.0);
}

fn put_entries(to: &mut Vec<u8>, entries: &[Entry]) {
    assert!(u32::try_from(entries.len()).is_ok(), "a message carries fewer than 2^32 entries");
    to.reserve(entries.iter().map(|entry| entry.data.len() + 21).sum());
    to.put_u32(entries.len() as u32);
    for entry in entries {
        to.put_u64(entry.index.0);
        to.put_u64(entry.term.0);
        to.put_u8(entry.kind as u8);
        to.put_bytes(&entry.data);
    }
}
