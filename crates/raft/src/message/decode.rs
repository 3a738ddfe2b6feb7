//! A message from its bytes, as drawn in `encode`. Strict: what the algorithm would stumble over is refused here.

use bytes::Bytes;
use proconsul_base::entry::{Entry, EntryKind, SnapshotMark};
use proconsul_base::index::{Index, Term};

use super::{Kind, Message, VERSION};
use crate::change::Change;
use crate::codec::{Malformed, Reader};
use crate::membership::Membership;

impl Message {
    /// From its bytes; entries and contexts share them.
    pub fn decode(bytes: &Bytes) -> Result<Self, Malformed> {
        let mut from = Reader::new(bytes);
        from.version(VERSION)?;
        let kind = from.u8("the kind of a message")?;
        let sender = from.raft_id("the sender")?;
        let to = from.raft_id("the receiver")?;
        let term = Term(from.u64("the term")?);
        let kind = kind_of(kind, &mut from)?;
        from.end()?;
        // Term 0 is how the algorithm marks what is local to one peer; only a passed-on read may come without a term.
        if (term.0 == 0) != matches!(kind, Kind::ReadIndex { .. }) {
            return Err(Malformed::Value("the term"));
        }
        Ok(Self { from: sender, to, term, kind })
    }
}

fn kind_of(kind: u8, from: &mut Reader<'_>) -> Result<Kind, Malformed> {
    Ok(match kind {
        0 => append(from)?,
        1 => Kind::Appended { matched: index(from)?, commit: index(from)? },
        2 => Kind::Rejected { previous: index(from)?, hint: mark(from)?, commit: index(from)? },
        3 => Kind::Heartbeat { commit: index(from)?, context: from.bytes("a context")? },
        4 => Kind::HeartbeatReply { commit: index(from)?, context: from.bytes("a context")? },
        5 => Kind::RequestVote {
            is_pre: from.bool("is_pre")?,
            is_transfer: from.bool("is_transfer")?,
            last: mark(from)?,
            commit: mark(from)?,
        },
        6 => Kind::Vote { is_pre: from.bool("is_pre")?, is_granted: from.bool("is_granted")?, commit: mark(from)? },
        7 => snapshot(from)?,
        8 => Kind::TimeoutNow,
        9 => Kind::ReadIndex { context: from.bytes("a context")? },
        10 => Kind::ReadIndexReply { index: index(from)?, context: from.bytes("a context")? },
        _ => return Err(Malformed::Value("the kind of a message")),
    })
}

fn index(from: &mut Reader<'_>) -> Result<Index, Malformed> {
    from.u64("an index").map(Index)
}

fn mark(from: &mut Reader<'_>) -> Result<SnapshotMark, Malformed> {
    Ok(SnapshotMark { index: index(from)?, term: Term(from.u64("a term")?) })
}

fn snapshot(from: &mut Reader<'_>) -> Result<Kind, Malformed> {
    let mark = mark(from)?;
    let membership = Membership::decode(&from.bytes("a membership")?)?;
    match mark.index {
        Index::ZERO => Err(Malformed::Value("the index of a snapshot")),
        _ => Ok(Kind::Snapshot { mark, membership }),
    }
}

fn append(from: &mut Reader<'_>) -> Result<Kind, Malformed> {
    let previous = mark(from)?;
    let commit = index(from)?;
    let count = from.u32("the number of entries")?;
    let mut entries: Vec<Entry> = Vec::new();
    let mut before = previous;
    for _ in 0..count {
        let entry = entry(from)?;
        if Some(entry.index.0) != before.index.0.checked_add(1) || entry.term < before.term {
            return Err(Malformed::Value("the order of entries"));
        }
        before = SnapshotMark { index: entry.index, term: entry.term };
        entries.push(entry);
    }
    Ok(Kind::Append { previous, commit, entries })
}

fn entry(from: &mut Reader<'_>) -> Result<Entry, Malformed> {
    let entry = Entry {
        index: index(from)?,
        term: Term(from.u64("a term")?),
        kind: EntryKind::from_number(from.u8("the kind of an entry")?)
            .ok_or(Malformed::Value("the kind of an entry"))?,
        data: from.bytes("an entry")?,
    };
    if entry.kind == EntryKind::Membership {
        Change::decode(&entry.data)?;
    }
    Ok(entry)
}
