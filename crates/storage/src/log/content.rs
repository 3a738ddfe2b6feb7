//! What the log says, as batch after batch is applied to it: the same rules when it is written and when it is read back.
//!
//! Knows no file. Entries themselves are not kept here, only their indexes, terms and places.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use proconsul_base::entry::{Entry, HardState};
use proconsul_base::index::{Index, Term};

use super::error::{Damage, Damaged};
use super::extent::{Extents, Place};
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
    /// The newest mark: the log begins right after it, or the entries in between are still to come.
    marked: SnapshotMark,
    /// While reading back: where the entries begin anew without a word why. A later mark must make what lay before void.
    unexplained: Option<Damaged>,
}

impl Content {
    /// Whether there is no entry.
    pub(super) fn is_empty(&self) -> bool {
        self.begin.index == self.last
    }

    /// The oldest index that there is, or would be.
    pub(super) fn first(&self) -> Index {
        self.begin.index.next()
    }

    /// Takes in one record of a frame that was read back from this place.
    ///
    /// Recovery may see entries whose predecessors lay in segments that were given up later, and marks that were true before that; so a
    /// gap is an error only if no later mark covers it.
    pub(super) fn replay(&mut self, record: &Record<'_>, place: Place, file: &Path) -> Result<(), Damaged> {
        match *record {
            Record::Entry { index, term, .. } => {
                if index <= self.begin.index || index > self.last.next() {
                    self.begin_anew(index, place, file)?;
                }
                self.entry(index, term);
                self.extents.push(place.extent(index, index));
            }
            Record::HardState(state) => self.hard_state = state,
            Record::Membership { index, data } => self.membership = Some((index, Bytes::copy_from_slice(data))),
            Record::Installed(mark) => {
                self.unexplained = None;
                self.install(mark, place.generation);
            }
            Record::Compacted(mark) if mark.index >= self.begin.index => {
                self.unexplained = None;
                self.compact(mark, place.generation);
            }
            Record::Compacted(mark) => {
                self.anchor = Some(place.generation);
                self.marked = mark;
            }
            Record::Continues { .. } => {}
        }
        Ok(())
    }

    fn begin_anew(&mut self, index: Index, place: Place, file: &Path) -> Result<(), Damaged> {
        let damage = Damage::Gap { last: self.last, found: index };
        let gap = Damaged { file: file.to_owned(), offset: place.start, damage };
        if index <= self.marked.index {
            return Err(gap);
        }
        let explained = index == self.marked.index.next();
        self.unexplained = (!explained).then_some(gap);
        let before = SnapshotMark { index: Index(index.0 - 1), term: Term::default() };
        self.begin_after(if explained { self.marked } else { before });
        Ok(())
    }

    /// After the newest segment was read: whether the log begins where it says it does. `missing` is the file before the oldest one,
    /// unless that is the first the log ever had.
    pub(super) fn finish_replay(&mut self, missing: Option<PathBuf>) -> Result<(), Damaged> {
        // Segments are given up only after a later one repeats what they said and where the log begins.
        if let (None, Some(file)) = (self.anchor, missing) {
            return Err(Damaged { file, offset: 0, damage: Damage::Missing });
        }
        match self.unexplained.take() {
            Some(gap) => Err(gap),
            None => Ok(()),
        }
    }

    /// A batch's entries come in from this place, right after the last one or over older ones.
    pub(super) fn append(&mut self, entries: &[Entry], place: Place) {
        let (Some(oldest), Some(newest)) = (entries.first(), entries.last()) else { return };
        entries.iter().for_each(|entry| self.entry(entry.index, entry.term));
        self.extents.push(place.extent(oldest.index, newest.index));
    }

    fn entry(&mut self, index: Index, term: Term) {
        if index <= self.last {
            self.extents.truncate(index);
            while self.terms.back().is_some_and(|run| run.0 >= index) {
                self.terms.pop_back();
            }
        }
        if index == self.first() {
            // The last run may have begun before the log does.
            self.terms.clear();
        }
        self.last = index;
        if self.terms.back().is_none_or(|run| run.1 != term) {
            self.terms.push_back((index, term));
        }
    }

    /// Everything so far is void.
    pub(super) fn install(&mut self, mark: SnapshotMark, generation: u64) {
        self.anchor = Some(generation);
        self.marked = mark;
        self.begin_after(mark);
    }

    fn begin_after(&mut self, mark: SnapshotMark) {
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
        self.marked = mark;
        self.begin = mark;
        self.extents.compact(mark.index);
        while self.terms.get(1).is_some_and(|run| run.0 <= mark.index.next()) {
            self.terms.pop_front();
        }
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
