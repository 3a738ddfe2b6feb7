//! Where entries lie: stretches of a segment that hold consecutive, valid entries. Knows no bytes.

use std::collections::VecDeque;

use proconsul_base::index::Index;

/// A stretch grows up to about this many bytes; a reader reads it whole.
const EXTENT_BYTES: u64 = 64 << 10;

/// A stretch of one segment. Inside it indexes rise by one; what lies in it beyond `last` is void.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) first: Index,
    pub(super) last: Index,
    pub(super) generation: u64,
    pub(super) start: u64,
    pub(super) end: u64,
}

/// Where a frame lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) generation: u64,
    pub(super) start: u64,
    pub(super) end: u64,
}

impl Place {
    /// This frame as the stretch of these entries.
    pub(super) fn extent(self, first: Index, last: Index) -> Extent {
        Extent { first, last, generation: self.generation, start: self.start, end: self.end }
    }
}

/// All stretches, in the order of their indexes, without gaps or overlaps.
#[derive(Clone, Debug, Default)]
pub(super) struct Extents {
    list: VecDeque<Extent>,
    /// Set when the next entries must not join the last stretch, because void ones lie at its end.
    closed: bool,
}

impl Extents {
    /// Adds consecutive entries that one frame holds, right after the last one.
    pub(super) fn push(&mut self, added: Extent) {
        if let Some(tail) = self.list.back_mut() {
            assert_eq!(added.first, tail.last.next(), "entries on disk have no gaps");
            // A frame is never split, however long.
            let same_frame = added.start < tail.end;
            if !self.closed
                && tail.generation == added.generation
                && (same_frame || added.end - tail.start <= EXTENT_BYTES)
            {
                tail.last = added.last;
                tail.end = added.end;
                return;
            }
        }
        self.closed = false;
        self.list.push_back(added);
    }

    /// Forgets entries from this index on.
    pub(super) fn truncate(&mut self, from: Index) {
        self.closed = true;
        while self.list.back().is_some_and(|tail| tail.first >= from) {
            self.list.pop_back();
        }
        if let Some(tail) = self.list.back_mut() {
            tail.last = tail.last.min(Index(from.0 - 1));
        }
    }

    /// Forgets entries up to and with this index.
    pub(super) fn compact(&mut self, through: Index) {
        while self.list.front().is_some_and(|head| head.last <= through) {
            self.list.pop_front();
        }
        if let Some(head) = self.list.front_mut() {
            head.first = head.first.max(through.next());
        }
    }

    /// The stretch that holds this index.
    pub(super) fn find(&self, index: Index) -> Option<Extent> {
        let at = self.list.partition_point(|extent| extent.last < index);
        self.list.get(at).copied().filter(|extent| extent.first <= index)
    }

    /// The oldest generation that holds entries.
    pub(super) fn oldest_generation(&self) -> Option<u64> {
        self.list.front().map(|head| head.generation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extent(first: u64, last: u64, generation: u64, start: u64, end: u64) -> Extent {
        Extent { first: Index(first), last: Index(last), generation, start, end }
    }

    #[test]
    fn neighbours_of_one_segment_join_until_the_stretch_is_long() {
        let mut extents = Extents::default();
        extents.push(extent(1, 4, 1, 32, 400));
        extents.push(extent(5, 5, 1, 400, 800));
        assert_eq!(extents.find(Index(5)), Some(extent(1, 5, 1, 32, 800)));
        extents.push(extent(6, 6, 1, 800, 800 + EXTENT_BYTES));
        assert_eq!(extents.find(Index(6)), Some(extent(6, 6, 1, 800, 800 + EXTENT_BYTES)));
        extents.push(extent(7, 7, 2, 32, 64));
        assert_eq!(extents.find(Index(7)).map(|found| found.generation), Some(2));
    }

    #[test]
    fn replaced_entries_are_never_found_in_the_old_stretch() {
        let mut extents = Extents::default();
        extents.push(extent(1, 9, 1, 32, 400));
        extents.truncate(Index(5));
        assert_eq!(extents.find(Index(5)), None);
        extents.push(extent(5, 6, 1, 400, 500));
        assert_eq!(extents.find(Index(4)), Some(extent(1, 4, 1, 32, 400)));
        assert_eq!(extents.find(Index(6)), Some(extent(5, 6, 1, 400, 500)));
    }

    #[test]
    fn compaction_frees_the_oldest_segment_first() {
        let mut extents = Extents::default();
        extents.push(extent(1, 9, 1, 32, 400));
        extents.push(extent(10, 19, 2, 32, 400));
        extents.compact(Index(8));
        assert_eq!((extents.find(Index(8)), extents.oldest_generation()), (None, Some(1)));
        extents.compact(Index(9));
        assert_eq!(extents.oldest_generation(), Some(2));
        extents.compact(Index(19));
        assert_eq!(extents.oldest_generation(), None);
    }
}
