//! A record: one thing that a batch says. Knows its bytes, not its place.

use proconsul_base::entry::{Entry, EntryKind, HardState};
use proconsul_base::id::RaftId;
use proconsul_base::index::{Index, Term};

use super::error::Damage;
use crate::SnapshotMark;

/// Bytes before the payload.
pub(super) const HEADER: usize = 24;

const HARD_STATE: u8 = 16;
const MEMBERSHIP: u8 = 17;
const INSTALLED: u8 = 18;
const COMPACTED: u8 = 19;
const CONTINUES: u8 = 20;

/// A record as it is read, its payload still in the buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Record<'a> {
    Entry {
        index: Index,
        term: Term,
        kind: EntryKind,
        data: &'a [u8],
    },
    HardState(HardState),
    Membership {
        index: Index,
        data: &'a [u8],
    },
    Installed(SnapshotMark),
    Compacted(SnapshotMark),
    /// The segment before this one ended at this byte.
    Continues {
        previous_end: u64,
    },
}

/// Bytes an entry takes in a frame.
pub(super) fn entry_bytes(entry: &Entry) -> usize {
    HEADER + entry.data.len()
}

/// Appends an entry.
pub(super) fn put_entry(buffer: &mut Vec<u8>, entry: &Entry) {
    put(buffer, entry.kind as u8, entry.index.0, entry.term.0, &entry.data);
}

/// Appends a hard state.
pub(super) fn put_hard_state(buffer: &mut Vec<u8>, state: &HardState) {
    let vote = state.vote.map_or(0, RaftId::get).to_le_bytes();
    put(buffer, HARD_STATE, state.commit.0, state.term.0, &vote);
}

/// Bytes a hard state takes in a frame.
pub(super) const HARD_STATE_BYTES: usize = HEADER + 8;

/// Appends an applied membership.
pub(super) fn put_membership(buffer: &mut Vec<u8>, index: Index, data: &[u8]) {
    put(buffer, MEMBERSHIP, index.0, 0, data);
}

/// Appends the mark of an installed snapshot.
pub(super) fn put_installed(buffer: &mut Vec<u8>, mark: SnapshotMark) {
    put(buffer, INSTALLED, mark.index.0, mark.term.0, &[]);
}

/// Appends the mark of a compaction.
pub(super) fn put_compacted(buffer: &mut Vec<u8>, mark: SnapshotMark) {
    put(buffer, COMPACTED, mark.index.0, mark.term.0, &[]);
}

/// Appends the first record of a segment.
pub(super) fn put_continues(buffer: &mut Vec<u8>, previous_end: u64) {
    put(buffer, CONTINUES, previous_end, 0, &[]);
}

fn put(buffer: &mut Vec<u8>, kind: u8, index: u64, term: u64, payload: &[u8]) {
    buffer.extend_from_slice(&[kind, 0, 0, 0]);
    buffer.extend_from_slice(&(payload.len() as u32).to_le_bytes());
    buffer.extend_from_slice(&index.to_le_bytes());
    buffer.extend_from_slice(&term.to_le_bytes());
    buffer.extend_from_slice(payload);
}

/// The records of a verified frame, in order; ends after the first one that is not understood.
pub(super) struct Records<'a> {
    rest: &'a [u8],
}

impl<'a> Records<'a> {
    /// Of the bytes behind a frame's header, without padding.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Record<'a>, Damage>;

    fn next(&mut self) -> Option<Self::Item> {
        let kind = *self.rest.first()?;
        let record = split(&mut self.rest).and_then(|(index, term, payload)| parse(kind, index, term, payload));
        if record.is_none() {
            self.rest = &[];
        }
        Some(record.ok_or(Damage::Record(kind)))
    }
}

fn split<'a>(rest: &mut &'a [u8]) -> Option<(u64, u64, &'a [u8])> {
    let (header, after) = rest.split_first_chunk::<HEADER>()?;
    let (_, length, index, term) = (&header[..4], &header[4..8], &header[8..16], &header[16..24]);
    let length = u32::from_le_bytes(length.try_into().ok()?) as usize;
    let payload = after.get(..length)?;
    *rest = &after[length..];
    Some((u64::from_le_bytes(index.try_into().ok()?), u64::from_le_bytes(term.try_into().ok()?), payload))
}

fn parse(kind: u8, index: u64, term: u64, payload: &[u8]) -> Option<Record<'_>> {
    let mark = SnapshotMark { index: Index(index), term: Term(term) };
    match kind {
        HARD_STATE => {
            let vote = RaftId::new(u64::from_le_bytes(payload.try_into().ok()?));
            Some(Record::HardState(HardState { term: mark.term, vote, commit: mark.index }))
        }
        MEMBERSHIP => Some(Record::Membership { index: mark.index, data: payload }),
        INSTALLED => payload.is_empty().then_some(Record::Installed(mark)),
        COMPACTED => payload.is_empty().then_some(Record::Compacted(mark)),
        CONTINUES => payload.is_empty().then_some(Record::Continues { previous_end: index }),
        _ => {
            let kind = EntryKind::from_number(kind)?;
            Some(Record::Entry { index: mark.index, term: mark.term, kind, data: payload })
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proconsul_base::rand::Rng;

    use super::*;

    fn sample() -> Vec<u8> {
        let mut buffer = Vec::new();
        let entry =
            Entry { index: Index(7), term: Term(2), kind: EntryKind::Command, data: Bytes::from_static(b"abc") };
        put_hard_state(&mut buffer, &HardState { term: Term(2), vote: RaftId::new(9), commit: Index(6) });
        put_entry(&mut buffer, &entry);
        put_membership(&mut buffer, Index(5), b"de");
        put_compacted(&mut buffer, SnapshotMark { index: Index(4), term: Term(1) });
        buffer
    }

    #[test]
    fn records_are_read_back() {
        let buffer = sample();
        let found: Result<Vec<_>, _> = Records::new(&buffer).collect();
        let expected = vec![
            Record::HardState(HardState { term: Term(2), vote: RaftId::new(9), commit: Index(6) }),
            Record::Entry { index: Index(7), term: Term(2), kind: EntryKind::Command, data: b"abc" },
            Record::Membership { index: Index(5), data: b"de" },
            Record::Compacted(SnapshotMark { index: Index(4), term: Term(1) }),
        ];
        assert_eq!(found, Ok(expected));
    }

    #[test]
    fn any_bytes_are_records_or_refused() {
        let mut rng = Rng::seeded(3);
        for _ in 0..20_000 {
            let mut bytes = sample();
            bytes.truncate(rng.place(bytes.len() + 1));
            for _ in 0..rng.below(4) {
                let place = rng.place(bytes.len());
                if let Some(byte) = bytes.get_mut(place) {
                    *byte = rng.u64() as u8;
                }
            }
            let refused = Records::new(&bytes).position(|record| record.is_err());
            let read = Records::new(&bytes).count();
            assert!(refused.is_none_or(|place| place + 1 == read), "nothing is read behind a refused record");
        }
    }
}
