//! What a core begins from: what the log holds after a restart, or the first write of a new cluster.

use proconsul_base::entry::{Entry, EntryKind, HardState, SnapshotMark};
use proconsul_base::index::{Index, Term};

use crate::change::Change;
use crate::codec::Malformed;
use crate::membership::Membership;
use crate::work::Write;

/// What recovery found on disk. All default: a new server that belongs to nothing yet and waits to be added.
///
/// The driver fills in what the log holds and adds the newest snapshot by [`Start::with_snapshot`]. Then it brings the state machine
/// up to [`Start::applied`] itself, from the snapshot and the log; entries after that are handed out by the core.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// The newest one written.
    pub hard_state: HardState,
    /// The newest one written, and its index.
    pub membership: Option<(Index, Membership)>,
    /// The newest complete snapshot and the membership as of it.
    pub snapshot: Option<(SnapshotMark, Membership)>,
    /// What was cut off the log's beginning; zero when nothing was.
    pub compacted: SnapshotMark,
    /// The log's terms: where each begins, from the first entry after `compacted` on.
    pub terms: Vec<(Index, Term)>,
    /// The end of the log: at least everything after the index of `membership`. More before it serves as cache.
    pub entries: Vec<Entry>,
    /// The last index of the log.
    pub last: Index,
}

/// Why a core cannot begin from what was recovered. All of these mean damage that the log's own checks did not see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// Entries are missing.
    #[error("the log's entries are not consecutive up to its end: expected index {expected}")]
    Gap {
        /// Which index is missing.
        expected: Index,
    },
    /// The entries in memory begin too late.
    #[error("the log is held from index {first} on, but must be from {needed} on")]
    Tail {
        /// The first one held.
        first: Index,
        /// The first one needed.
        needed: Index,
    },
    /// Entries known to be committed are gone.
    #[error("index {commit} was committed, but the log ends at {last}: acknowledged entries are lost")]
    Commit {
        /// The commit index.
        commit: Index,
        /// The end of the log.
        last: Index,
    },
    /// The membership is newer than the commit index, or older than the log.
    #[error(
        "the membership of index {membership} does not lie between index {compacted} (cut off) and {commit} (committed)"
    )]
    Membership {
        /// The membership's index.
        membership: Index,
        /// The last index cut off.
        compacted: Index,
        /// The commit index.
        commit: Index,
    },
    /// The log begins after an index that no snapshot covers.
    #[error("the log was cut off up to index {0}, but no snapshot covers it")]
    NoSnapshot(Index),
    /// A term is unknown or falls.
    #[error("the terms of the log are not known or not in order at index {0}")]
    Terms(Index),
    /// An entry cannot be read.
    #[error("the membership change at index {index} cannot be read")]
    Change {
        /// Which entry.
        index: Index,
        /// Why.
        source: Malformed,
    },
}

impl Start {
    /// Adds the newest complete snapshot on disk to what the log holds. When the log does not contain the snapshot's end, the snapshot was
    /// received and the crash came before the log knew of it: the answer is a write, to be made durable before the core starts, that
    /// lets the log begin after it.
    pub fn with_snapshot(mut self, mark: SnapshotMark, membership: Membership) -> (Self, Option<Write>) {
        self.snapshot = Some((mark, membership.clone()));
        if mark.index < self.compacted.index {
            // The one that covers the log's beginning is missing, which starting will refuse.
            return (self, None);
        }
        let is_in_log = self.term_at(mark.index) == Some(mark.term);
        // A snapshot holds only what was committed, whatever became of the last commit index written.
        self.hard_state.commit = self.hard_state.commit.max(mark.index);
        if self.membership.as_ref().is_none_or(|(index, _)| *index < mark.index) {
            self.membership = Some((mark.index, membership.clone()));
        }
        if is_in_log {
            return (self, None);
        }
        self.compacted = mark;
        self.last = mark.index;
        self.terms.clear();
        self.entries.clear();
        self.hard_state.term = self.hard_state.term.max(mark.term);
        let write = Write {
            number: 0,
            snapshot: Some(mark),
            entries: Vec::new(),
            hard_state: Some(self.hard_state),
            membership: Some((mark.index, membership)),
            sync: true,
        };
        (self, Some(write))
    }

    fn term_at(&self, index: Index) -> Option<Term> {
        if index == self.compacted.index {
            return Some(self.compacted.term);
        }
        let begun = self.terms.iter().rev().find(|(first, _)| *first <= index);
        begun.filter(|_| index <= self.last).map(|(_, term)| *term)
    }

    /// The index up to which the driver brings the state machine itself.
    pub fn applied(&self) -> Index {
        self.membership.as_ref().map_or(self.compacted.index, |(index, _)| *index)
    }

    /// Purged ≤ snapshot ≤ applied ≤ committed ≤ last, and nothing is missing.
    pub(crate) fn check(&self) -> Result<(), StartError> {
        let commit = self.hard_state.commit;
        let (compacted, applied) = (self.compacted.index, self.applied());
        if commit > self.last {
            return Err(StartError::Commit { commit, last: self.last });
        }
        if applied > commit || applied < compacted {
            return Err(StartError::Membership { membership: applied, compacted, commit });
        }
        let covered = self.snapshot.as_ref().map_or(Index::ZERO, |(mark, _)| mark.index);
        if covered < compacted {
            return Err(StartError::NoSnapshot(compacted));
        }
        self.check_entries(applied)?;
        self.check_terms()
    }

    fn check_entries(&self, applied: Index) -> Result<(), StartError> {
        let first = self.entries.first().map_or(self.last.next(), |entry| entry.index);
        if first > applied.next() || first <= self.compacted.index {
            return Err(StartError::Tail { first, needed: applied.next() });
        }
        let mut expected = first;
        for entry in &self.entries {
            if entry.index != expected {
                return Err(StartError::Gap { expected });
            }
            if entry.kind == EntryKind::Membership {
                Change::decode(&entry.data).map_err(|source| StartError::Change { index: entry.index, source })?;
            }
            expected = expected.next();
        }
        if expected != self.last.next() { Err(StartError::Gap { expected }) } else { Ok(()) }
    }

    fn check_terms(&self) -> Result<(), StartError> {
        let begin = self.compacted.index.next();
        let covers = self.last < begin || self.terms.first().is_some_and(|(index, _)| *index == begin);
        let rises = self.terms.is_sorted_by(|one, next| one.0 < next.0 && one.1 < next.1);
        if covers && rises { Ok(()) } else { Err(StartError::Terms(begin)) }
    }
}

/// The first write of a new cluster, the same on each of its first voters, made durable before their cores start.
///
/// The log begins after index 1, covered by a snapshot of the empty state with this membership. So a server that joins later
/// cannot receive the log from its very beginning, where the first members are not written; it receives a snapshot.
pub fn genesis(membership: Membership) -> Write {
    let mark = SnapshotMark { index: Index(1), term: Term(1) };
    Write {
        number: 0,
        snapshot: Some(mark),
        entries: Vec::new(),
        hard_state: Some(HardState { term: mark.term, vote: None, commit: mark.index }),
        membership: Some((mark.index, membership)),
        sync: true,
    }
}
