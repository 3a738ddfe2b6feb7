//! The end of the log as the engine reads it: entries in memory, the terms of all, and the newest snapshot's mark.
//!
//! Everything that was not handed out as committed yet is in memory. What is older may be read from disk for a lagging peer, which the
//! engine learns as "temporarily unavailable" and the driver as [`Fetch`].

use std::cell::RefCell;
use std::collections::VecDeque;

use proconsul_base::entry::{Entry, SnapshotMark};
use proconsul_base::index::{Index, Term};
use raft::eraftpb::{self, ConfState, HardState};
use raft::{Error, GetEntriesContext, RaftState, Result, Storage, StorageError};

use crate::membership::Membership;
use crate::message::{entry_to_engine, snapshot_to_engine};
use crate::start::Start;
use crate::work::Fetch;

/// What an entry costs in memory beside its data.
const ENTRY_BYTES: usize = 96;
/// Peers that wait for the same fetch; a further one is served at its next heartbeat.
const FETCH_WAITERS_MAX: usize = 8;

/// The engine's storage.
pub(crate) struct Tail {
    initial: RaftState,
    compacted: SnapshotMark,
    snapshot: Option<(SnapshotMark, Membership)>,
    /// Where each term begins, from the first entry on; covers everything up to `last`.
    terms: VecDeque<(Index, Term)>,
    entries: VecDeque<eraftpb::Entry>,
    bytes: usize,
    last: Index,
    fetching: RefCell<Fetching>,
}

#[derive(Default)]
struct Fetching {
    next: u64,
    open: Vec<(Fetch, Vec<GetEntriesContext>)>,
    new: Vec<Fetch>,
    /// What a fetch has brought, while the engine is being told.
    brought: Vec<eraftpb::Entry>,
    /// A peer needs a snapshot that is newer than the one there is.
    wants_snapshot: bool,
}

impl Tail {
    pub(crate) fn new(start: &Start) -> Self {
        let conf_state =
            start.membership.as_ref().map_or_else(ConfState::default, |(_, membership)| membership.conf_state());
        let hard_state = HardState {
            term: start.hard_state.term.0,
            vote: start.hard_state.vote.map_or(0, |id| id.get()),
            commit: start.hard_state.commit.0,
            ..Default::default()
        };
        let entries: VecDeque<_> = start.entries.iter().map(entry_to_engine).collect();
        Self {
            initial: RaftState { hard_state, conf_state },
            compacted: start.compacted,
            snapshot: start.snapshot.clone(),
            terms: start.terms.iter().copied().collect(),
            bytes: entries.iter().map(cost).sum(),
            entries,
            last: start.last,
            fetching: RefCell::default(),
        }
    }

    pub(crate) fn compacted(&self) -> SnapshotMark {
        self.compacted
    }

    pub(crate) fn snapshot_mark(&self) -> Option<SnapshotMark> {
        self.snapshot.as_ref().map(|(mark, _)| *mark)
    }

    /// The first index held in memory; one after the end when none is.
    pub(crate) fn first_held(&self) -> Index {
        self.entries.front().map_or(self.last.next(), |entry| Index(entry.index))
    }

    /// Takes over what goes to disk, in place of what is there from its first index on.
    pub(crate) fn append(&mut self, entries: &[eraftpb::Entry]) {
        let Some(first) = entries.first() else { return };
        assert!(
            first.index > self.compacted.index.0 && first.index <= self.last.0 + 1,
            "appended entries leave no gap"
        );
        while self.entries.back().is_some_and(|entry| entry.index >= first.index) {
            self.bytes -= self.entries.pop_back().as_ref().map_or(0, cost);
        }
        while self.terms.back().is_some_and(|(index, _)| index.0 >= first.index) {
            self.terms.pop_back();
        }
        for entry in entries {
            if self.terms.back().is_none_or(|(_, term)| term.0 != entry.term) {
                self.terms.push_back((Index(entry.index), Term(entry.term)));
            }
            self.bytes += cost(entry);
            self.entries.push_back(entry.clone());
            self.last = Index(entry.index);
        }
    }

    /// Begins anew after a snapshot from the leader.
    pub(crate) fn restore(&mut self, mark: SnapshotMark, membership: Membership) {
        self.entries.clear();
        self.terms.clear();
        self.bytes = 0;
        self.compacted = mark;
        self.last = mark.index;
        self.snapshot = Some((mark, membership));
    }

    /// The snapshot that peers too far behind will be sent.
    pub(crate) fn offer(&mut self, mark: SnapshotMark, membership: Membership) {
        if self.snapshot_mark().is_none_or(|old| old.index < mark.index) {
            self.snapshot = Some((mark, membership));
        }
    }

    /// The log on disk begins after this index now.
    pub(crate) fn compact(&mut self, through: Index) {
        let Some(term) = self.term_at(through).filter(|_| through > self.compacted.index) else { return };
        self.compacted = SnapshotMark { index: through, term };
        while self.terms.get(1).is_some_and(|(index, _)| *index <= through.next()) {
            self.terms.pop_front();
        }
        match self.terms.front_mut() {
            _ if through == self.last => self.terms.clear(),
            Some(first) => first.0 = through.next(),
            None => {}
        }
        while self.entries.front().is_some_and(|entry| entry.index <= through.0) {
            self.bytes -= self.entries.pop_front().as_ref().map_or(0, cost);
        }
    }

    /// Lets go of the oldest entries over the budget, of those up to `through`.
    pub(crate) fn evict(&mut self, through: Index, budget: usize) {
        while self.bytes > budget && self.entries.front().is_some_and(|entry| entry.index <= through.0) {
            self.bytes -= self.entries.pop_front().as_ref().map_or(0, cost);
        }
    }

    pub(crate) fn term_at(&self, index: Index) -> Option<Term> {
        if index == self.compacted.index {
            return Some(self.compacted.term);
        }
        if index < self.compacted.index || index > self.last {
            return None;
        }
        let after = self.terms.partition_point(|(first, _)| *first <= index);
        after.checked_sub(1).and_then(|place| self.terms.get(place)).map(|(_, term)| *term)
    }

    /// Fetches the engine asked for since the last call.
    pub(crate) fn take_fetches(&mut self) -> Vec<Fetch> {
        std::mem::take(&mut self.fetching.get_mut().new)
    }

    /// Whether a newer snapshot was missed since the last call.
    pub(crate) fn take_wants_snapshot(&mut self) -> bool {
        std::mem::take(&mut self.fetching.get_mut().wants_snapshot)
    }

    /// A fetch has come back: what is to be told to the engine before [`Tail::forget_brought`].
    pub(crate) fn brought(&mut self, number: u64, entries: &[Entry]) -> Vec<GetEntriesContext> {
        let fetching = self.fetching.get_mut();
        let Some(place) = fetching.open.iter().position(|(fetch, _)| fetch.number == number) else { return Vec::new() };
        let (fetch, contexts) = fetching.open.swap_remove(place);
        // The log may have been replaced meanwhile; committed entries, and only they are fetched, never change.
        if entries.first().is_some_and(|entry| entry.index == fetch.first) {
            fetching.brought = entries.iter().map(entry_to_engine).collect();
        }
        contexts
    }

    pub(crate) fn forget_brought(&mut self) {
        self.fetching.get_mut().brought = Vec::new();
    }

    fn among_brought(&self, low: u64, high: u64, max_bytes: Option<u64>) -> Option<Vec<eraftpb::Entry>> {
        let brought = &self.fetching.borrow().brought;
        let begins = brought.first().is_some_and(|entry| entry.index == low);
        begins.then(|| limited(brought.iter().take((high - low) as usize), max_bytes))
    }

    fn ask(&self, low: u64, high: u64, max_bytes: Option<u64>, context: GetEntriesContext) {
        let mut fetching = self.fetching.borrow_mut();
        if let Some((_, contexts)) = fetching.open.iter_mut().find(|(fetch, _)| fetch.first.0 == low) {
            if contexts.len() < FETCH_WAITERS_MAX {
                contexts.push(context);
            }
            return;
        }
        fetching.next += 1;
        let fetch = Fetch {
            number: fetching.next,
            first: Index(low),
            end: Index(high),
            max_bytes: max_bytes.unwrap_or(u64::MAX),
        };
        fetching.new.push(fetch);
        fetching.open.push((fetch, vec![context]));
    }
}

fn cost(entry: &eraftpb::Entry) -> usize {
    ENTRY_BYTES + entry.data.len() + entry.context.len()
}

/// As many as fit, at least one.
fn limited<'a>(entries: impl Iterator<Item = &'a eraftpb::Entry>, max_bytes: Option<u64>) -> Vec<eraftpb::Entry> {
    let mut bytes = 0;
    entries
        .enumerate()
        .take_while(|(place, entry)| {
            bytes += cost(entry) as u64;
            *place == 0 || max_bytes.is_none_or(|max| bytes <= max)
        })
        .map(|(_, entry)| entry.clone())
        .collect()
}

impl Storage for Tail {
    fn initial_state(&self) -> Result<RaftState> {
        Ok(self.initial.clone())
    }

    fn entries(
        &self,
        low: u64,
        high: u64,
        max_size: impl Into<Option<u64>>,
        context: GetEntriesContext,
    ) -> Result<Vec<eraftpb::Entry>> {
        let max_bytes = max_size.into();
        if low <= self.compacted.index.0 {
            return Err(Error::Store(StorageError::Compacted));
        }
        if high > self.last.0 + 1 {
            return Err(Error::Store(StorageError::Unavailable));
        }
        let first = self.first_held().0;
        if low >= first {
            let range = (low - first) as usize..(high - first) as usize;
            return Ok(limited(self.entries.range(range), max_bytes));
        }
        if let Some(entries) = self.among_brought(low, high, max_bytes) {
            return Ok(entries);
        }
        if !context.can_async() {
            return Err(Error::Store(StorageError::Unavailable));
        }
        self.ask(low, high.min(first), max_bytes, context);
        Err(Error::Store(StorageError::LogTemporarilyUnavailable))
    }

    fn term(&self, index: u64) -> Result<u64> {
        self.term_at(Index(index)).map(|term| term.0).ok_or(Error::Store(if index < self.compacted.index.0 {
            StorageError::Compacted
        } else {
            StorageError::Unavailable
        }))
    }

    fn first_index(&self) -> Result<u64> {
        Ok(self.compacted.index.0 + 1)
    }

    fn last_index(&self) -> Result<u64> {
        Ok(self.last.0)
    }

    /// A peer ignores a snapshot whose membership does not name it. One that joined after the newest snapshot needs a newer one.
    fn snapshot(&self, request_index: u64, to: u64) -> Result<eraftpb::Snapshot> {
        let fits = |mark: SnapshotMark, membership: &Membership| {
            mark.index.0 >= request_index && membership.servers().any(|server| server.raft_id.get() == to)
        };
        match &self.snapshot {
            Some((mark, membership)) if fits(*mark, membership) => Ok(snapshot_to_engine(*mark, membership)),
            _ => {
                self.fetching.borrow_mut().wants_snapshot = true;
                Err(Error::Store(StorageError::SnapshotTemporarilyUnavailable))
            }
        }
    }
}
