//! What the log says, as batch after batch is applied to it: the same rules when it is written and when it is read back.
//!
//! Knows no file. Entries themselves are not kept here, only their indexes, terms and places.

use std::collections::VecDeque;

use bytes::Bytes;
use proconsul_base::entry::HardState;
use proconsul_base::index::{Index, Term};

use super::error::Damage;
use super::extent::{Extent, Extents};
use super::record::Record;
use crate::SnapshotMark;

/// The sum of all batches.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) hard_state: HardState,
    pub(super) membership: Option<(Index, Bytes)>,
    /// The position before the first entry.
    pub(super) begin: SnapshotMark,
    /// The newest index; that of `begin` when there is no entry.
    pub(super) last: Index,
    /// Where the entries lie.
    pub(super) extents: Extents,
    /// The generation that repeats all that older ones say besides entries; without it none of them can be given up.
    pub(super) anchor: Option<u64>,
    /// First index of each run of equal terms. Older runs may begin before the log does.
    terms: VecDeque<(Index, Term)>,
    /// While reading back: no entry and no mark was seen yet, so that the next entry may have any index.
    open_beginning: bool,
}

impl Content {
    /// Before the oldest segment is read: where the log begins shows only later.
    pub(super) fn before_replay() -> Self {
        Self { open_beginning: true, ..Self::default() }
    }

    /// Whether there is no entry.
    pub(super) fn is_empty(&self) -> bool {
        self.begin.index == self.last
    }

    /// The oldest index that there is, or would be.
    pub(super) fn first(&self) -> Index {
        self.begin.index.next()
    }

    /// Takes in one record of a frame; `start..end` is where the frame lies in `generation`.
    pub(super) fn apply(&mut self, record: &Record<'_>, generation: u64, start: u64, end: u64) -> Result<(), Damage> {
        match *record {
            Record::Entry { index, term, .. } => {
                self.entry(index, term)?;
                self.extents.push(Extent { first: index, last: index, generation, start, end });
            }
            Record::HardState(state) => self.hard_state = state,
            Record::Membership { index, data } => self.membership = Some((index, Bytes::copy_from_slice(data))),
            Record::Installed(mark) => self.install(mark, generation),
            Record::Compacted(mark) => self.compact(mark, generation),
            Record::Continues { .. } => {}
        }
        Ok(())
    }

    /// An entry comes in; its place is told separately.
    pub(super) fn entry(&mut self, index: Index, term: Term) -> Result<(), Damage> {
        let empty = self.is_empty();
        if self.open_beginning && (empty || index <= self.begin.index) {
            self.begin = SnapshotMark { index: Index(index.0.saturating_sub(1)), term: Term(0) };
            self.last = self.begin.index;
            self.terms.clear();
            self.extents.truncate(index.max(Index(1)));
        }
        if index <= self.begin.index || index > self.last.next() {
            return Err(Damage::Gap { last: self.last, found: index });
        }
        if index <= self.last {
            self.extents.truncate(index);
            while self.terms.back().is_some_and(|run| run.0 >= index) {
                self.terms.pop_back();
            }
        }
        self.last = index;
        if self.terms.back().is_none_or(|run| run.1 != term) {
            self.terms.push_back((index, term));
        }
        Ok(())
    }

    /// Everything so far is void.
    pub(super) fn install(&mut self, mark: SnapshotMark, generation: u64) {
        self.anchor = Some(generation);
        self.open_beginning = false;
        self.terms.clear();
        self.extents.truncate(Index(1));
        self.begin = mark;
        self.last = mark.index;
    }

    /// Entries up to this mark are void.
    pub(super) fn compact(&mut self, mark: SnapshotMark, generation: u64) {
        if mark.index >= self.last {
            self.install(mark, generation);
            return;
        }
        self.anchor = Some(generation);
        self.open_beginning = false;
        self.begin = mark;
        self.extents.compact(mark.index);
        while self.terms.get(1).is_some_and(|run| run.0 <= mark.index.next()) {
            self.terms.pop_front();
        }
    }

    /// After the newest segment was read: whether the log begins where it says it does. `complete` when the oldest segment read is the
    /// first one the log ever had.
    pub(super) fn finish_replay(&mut self, complete: bool) -> Result<(), Damage> {
        if self.open_beginning && !complete {
            // Segments are given up only after a later one says where the log begins.
            return Err(Damage::Missing);
        }
        if self.open_beginning && self.begin.index > Index::ZERO {
            return Err(Damage::Gap { last: Index::ZERO, found: self.first() });
        }
        self.open_beginning = false;
        // A mark may repeat an older beginning whose entries lay in segments that a later mark has made void.
        if self.is_empty() || self.extents.find(self.first()).is_some() { Ok(()) } else { Err(Damage::Missing) }
    }

    /// The oldest generation that is needed, if any may be given up at all.
    pub(super) fn oldest_needed(&self) -> Option<u64> {
        let anchor = self.anchor?;
        Some(self.extents.oldest_generation().map_or(anchor, |oldest| oldest.min(anchor)))
    }

    /// The term of an index of the log, or of the position before its first entry.
    pub(super) fn term(&self, index: Index) -> Option<Term> {
        if index == self.begin.index {
            return Some(self.begin.term);
        }
        if index < self.begin.index || index > self.last {
            return None;
        }
        let run = self.terms.partition_point(|run| run.0 <= index);
        self.terms.get(run.checked_sub(1)?).map(|run| run.1)
    }

    /// The runs of terms, the first beginning with the log's first entry.
    pub(super) fn terms(&self) -> Vec<(Index, Term)> {
        if self.is_empty() {
            return Vec::new();
        }
        let first = self.begin.index.next();
        self.terms.iter().map(|&(index, term)| (index.max(first), term)).collect()
    }
}
