//! What a log should hold, kept in plain memory, and how a real one is compared with it.

use std::path::Path;

use bytes::Bytes;
use proconsul_base::entry::{Entry, EntryKind, HardState};
use proconsul_base::id::RaftId;
use proconsul_base::index::{Index, Term};
use proconsul_base::rand::Rng;
use proconsul_storage::SnapshotMark;
use proconsul_storage::log::{Batch, Log, LogError, LogOptions, Progress, Recovered};

use crate::crash_disk::CrashDisk;

/// Segments so small that a few batches fill one.
pub(crate) const SMALL: LogOptions =
    LogOptions { first_segment_bytes: 512, last_segment_bytes: 2048, cache_bytes: 300, prepare_step_bytes: 256 };

/// The log of every test.
pub(crate) fn open(disk: &CrashDisk) -> Result<(Log<CrashDisk>, Recovered), LogError> {
    Log::open(disk.clone(), Path::new("/raft/log"), SMALL)
}

/// An entry whose data tell its index and term.
pub(crate) fn entry(index: u64, term: u64) -> Entry {
    let data = format!("entry {index} of term {term}").into_bytes();
    Entry { index: Index(index), term: Term(term), kind: EntryKind::Command, data: Bytes::from(data) }
}

/// Entries from `first` to `last` of one term.
pub(crate) fn entries(first: u64, last: u64, term: u64) -> Vec<Entry> {
    (first..=last).map(|index| entry(index, term)).collect()
}

/// A hard state.
pub(crate) fn hard_state(term: u64, vote: u64, commit: u64) -> HardState {
    HardState { term: Term(term), vote: RaftId::new(vote), commit: Index(commit) }
}

/// A mark.
pub(crate) fn mark(index: u64, term: u64) -> SnapshotMark {
    SnapshotMark { index: Index(index), term: Term(term) }
}

/// What a log should hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Model {
    pub(crate) hard_state: HardState,
    pub(crate) membership: Option<(Index, Bytes)>,
    pub(crate) begin: SnapshotMark,
    pub(crate) entries: Vec<Entry>,
}

/// What can be done to a log, owned.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Append {
        entries: Vec<Entry>,
        hard_state: Option<HardState>,
        membership: Option<(Index, Bytes)>,
        snapshot: Option<SnapshotMark>,
    },
    Compact(Index),
    Prepare,
    Reopen,
}

impl Step {
    /// Does it to a log.
    pub(crate) fn run(&self, log: &mut Log<CrashDisk>) -> Result<(), LogError> {
        match self {
            Self::Append { entries, hard_state, membership, snapshot } => log.append(&Batch {
                entries,
                hard_state: *hard_state,
                membership: membership.clone(),
                snapshot: *snapshot,
            }),
            Self::Compact(through) => log.compact(*through),
            Self::Prepare => {
                let preparer = log.preparer();
                while preparer.step()? == Progress::More {}
                Ok(())
            }
            Self::Reopen => Ok(()),
        }
    }
}

impl Model {
    pub(crate) fn last(&self) -> Index {
        self.entries.last().map_or(self.begin.index, |entry| entry.index)
    }

    pub(crate) fn term(&self, index: Index) -> Term {
        let found = self.entries.iter().find(|entry| entry.index == index);
        found.map_or(self.begin.term, |entry| entry.term)
    }

    /// Does it to the model; whether it must be on disk afterwards.
    pub(crate) fn run(&mut self, step: &Step) -> bool {
        match step {
            Step::Append { entries, hard_state, membership, snapshot } => {
                let promises = |state: &HardState| (state.term, state.vote);
                let promised = hard_state.is_some_and(|state| promises(&state) != promises(&self.hard_state));
                if let Some(mark) = snapshot {
                    self.entries.clear();
                    self.begin = *mark;
                }
                if let Some(first) = entries.first() {
                    self.entries.retain(|entry| entry.index < first.index);
                    self.entries.extend_from_slice(entries);
                }
                self.hard_state = hard_state.unwrap_or(self.hard_state);
                self.membership = membership.clone().or_else(|| self.membership.clone());
                promised || !entries.is_empty() || membership.is_some() || snapshot.is_some()
            }
            Step::Compact(through) => {
                if *through <= self.begin.index {
                    return false;
                }
                self.begin = SnapshotMark { index: *through, term: self.term(*through) };
                self.entries.retain(|entry| entry.index > *through);
                true
            }
            Step::Prepare => false,
            Step::Reopen => true,
        }
    }

    /// A step that this log could see next.
    pub(crate) fn next_step(&self, rng: &mut Rng) -> Step {
        let last = self.last().0;
        match rng.below(20) {
            0 => Step::Reopen,
            1 | 2 => Step::Prepare,
            3 | 4 => Step::Compact(Index(self.begin.index.0 + rng.below(last - self.begin.index.0 + 1))),
            5 => Step::Append {
                entries: Vec::new(),
                hard_state: Some(HardState { commit: Index(rng.below(last + 1)), ..self.hard_state }),
                membership: None,
                snapshot: None,
            },
            6 => self.install(rng),
            _ => self.append(rng),
        }
    }

    fn install(&self, rng: &mut Rng) -> Step {
        let mark = mark(self.last().0 + 1 + rng.below(5), self.hard_state.term.0 + 1);
        Step::Append {
            entries: entries(mark.index.0 + 1, mark.index.0 + rng.below(3), mark.term.0),
            hard_state: Some(hard_state(mark.term.0, 0, mark.index.0)),
            membership: rng.chance(1, 2).then(|| (mark.index, Bytes::from_static(b"installed"))),
            snapshot: Some(mark),
        }
    }

    /// New entries, sometimes over older ones that conflict, sometimes with a new term or a membership.
    fn append(&self, rng: &mut Rng) -> Step {
        let last = self.last().0;
        let term = self.hard_state.term.0 + u64::from(rng.chance(1, 5));
        let back = if rng.chance(1, 4) { rng.below((last - self.begin.index.0).min(8) + 1) } else { 0 };
        let first = last + 1 - back;
        // Rarely longer than a whole segment.
        let count = if rng.chance(1, 40) { 80 } else { rng.below(6) };
        let state = hard_state(term, rng.below(3), self.hard_state.commit.0);
        Step::Append {
            entries: entries(first, first + count, term),
            hard_state: rng.chance(1, 2).then_some(state),
            membership: rng.chance(1, 8).then(|| (Index(first), Bytes::from(vec![7; rng.place(40)]))),
            snapshot: None,
        }
    }

    /// Whether a log that was just opened holds this; tells what differs.
    pub(crate) fn compare(&self, recovered: &Recovered, log: &Log<CrashDisk>) -> Result<(), String> {
        let found = Self {
            hard_state: recovered.hard_state,
            membership: recovered.membership.clone(),
            begin: recovered.snapshot.unwrap_or_default(),
            entries: read_all(log)?,
        };
        if found != *self {
            return Err(format!("expected {self:?}, found {found:?}"));
        }
        let mut runs: Vec<(Index, Term)> = self.entries.iter().map(|entry| (entry.index, entry.term)).collect();
        runs.dedup_by_key(|run| run.1);
        if recovered.terms != runs {
            return Err(format!("expected runs {runs:?}, found {:?}", recovered.terms));
        }
        if !self.entries.ends_with(&recovered.entries) {
            return Err(format!("the newest entries are {:?}, found {:?}", self.entries, recovered.entries));
        }
        Ok(())
    }
}

/// All entries, read through a reader in small portions.
pub(crate) fn read_all(log: &Log<CrashDisk>) -> Result<Vec<Entry>, String> {
    let reader = log.reader();
    let mut found = Vec::new();
    let mut low = log.first();
    while low <= log.last() {
        let more = reader.entries(low, log.last().next(), 100).map_err(|error| error.to_string())?;
        low = more.last().ok_or("a reader returned nothing")?.index.next();
        found.extend(more);
    }
    Ok(found)
}
