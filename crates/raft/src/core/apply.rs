//! What is committed and on its way to the state machine: in order, not too much at once, and each change of membership only after it
//! is durable.

use std::collections::VecDeque;

use proconsul_base::entry::{Entry, SnapshotMark};
use proconsul_base::index::Index;

use crate::change::Change;
use crate::membership::Membership;

/// Committed entries between the engine and the driver.
pub(crate) struct Apply {
    waiting: VecDeque<Entry>,
    waiting_bytes: usize,
    handed: Index,
    reported: Index,
    /// Handed out and not reported applied: each batch's end and size.
    out: VecDeque<(Index, usize)>,
    out_bytes: usize,
    max_bytes: usize,
    change: Option<HeldChange>,
    install: Option<Install>,
}

/// A committed change that waits for its write.
pub(crate) struct HeldChange {
    pub(crate) write: u64,
    is_durable: bool,
    pub(crate) change: Change,
    pub(crate) membership: Membership,
}

struct Install {
    write: u64,
    is_durable: bool,
    mark: SnapshotMark,
}

impl Apply {
    pub(crate) fn new(applied: Index, max_bytes: usize) -> Self {
        Self {
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            handed: applied,
            reported: applied,
            out: VecDeque::new(),
            out_bytes: 0,
            max_bytes,
            change: None,
            install: None,
        }
    }

    /// Handed out up to this index.
    pub(crate) fn handed(&self) -> Index {
        self.handed
    }

    /// Reported as applied up to this index.
    pub(crate) fn reported(&self) -> Index {
        self.reported
    }

    /// More waits than the state machine should be given at once.
    pub(crate) fn is_behind(&self) -> bool {
        self.waiting_bytes > self.max_bytes
    }

    pub(crate) fn holds_change(&self) -> bool {
        self.change.is_some()
    }

    /// A received snapshot is not durable or not handed out yet.
    pub(crate) fn installs(&self) -> bool {
        self.install.is_some()
    }

    pub(crate) fn commit(&mut self, entry: Entry) {
        self.waiting_bytes += entry.data.len();
        self.waiting.push_back(entry);
    }

    /// A snapshot from the leader takes the place of everything not handed out yet, once this write is durable.
    pub(crate) fn replace(&mut self, write: u64, mark: SnapshotMark) {
        self.waiting.clear();
        self.waiting_bytes = 0;
        self.change = None;
        self.install = Some(Install { write, is_durable: false, mark });
    }

    pub(crate) fn hold(&mut self, write: u64, change: Change, membership: Membership) {
        self.change = Some(HeldChange { write, is_durable: false, change, membership });
    }

    pub(crate) fn persisted(&mut self, number: u64) {
        if let Some(change) = &mut self.change {
            change.is_durable |= change.write <= number;
        }
        if let Some(install) = &mut self.install {
            install.is_durable |= install.write <= number;
        }
    }

    pub(crate) fn applied(&mut self, index: Index) {
        self.reported = self.reported.max(index);
        while let Some((_, bytes)) = self.out.front().filter(|(end, _)| *end <= index) {
            self.out_bytes -= bytes;
            self.out.pop_front();
        }
    }

    /// The snapshot to be loaded, once.
    pub(crate) fn take_install(&mut self) -> Option<SnapshotMark> {
        let mark = self.install.take_if(|install| install.is_durable)?.mark;
        self.handed = mark.index;
        Some(mark)
    }

    /// The next entry, if it may be handed out now as far as amounts go.
    pub(crate) fn front(&self) -> Option<&Entry> {
        let may = self.install.is_none() && self.out_bytes <= self.max_bytes;
        self.waiting.front().filter(|_| may)
    }

    /// Takes the front entry to hand it out.
    pub(crate) fn pop(&mut self) -> Option<Entry> {
        let entry = self.waiting.pop_front()?;
        assert!(entry.index == self.handed.next(), "committed entries are handed out without gaps");
        self.waiting_bytes -= entry.data.len();
        self.out_bytes += entry.data.len();
        self.out.push_back((entry.index, entry.data.len()));
        self.handed = entry.index;
        Some(entry)
    }

    /// The held change, if its write is durable by now.
    pub(crate) fn take_durable_change(&mut self) -> Option<HeldChange> {
        self.change.take_if(|change| change.is_durable)
    }
}
