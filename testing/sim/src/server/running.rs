//! A server that belongs to a cluster: carries out its core's work, one queue at a time.

use std::collections::VecDeque;

use bytes::Bytes;
use proconsul_base::entry::{Entry, EntryKind, SnapshotMark};
use proconsul_base::id::{ClusterId, RaftId};
use proconsul_base::index::{Index, Term};
use proconsul_base::rand::Rng;
use proconsul_raft::{Committed, Core, Fetch, Membership, Message, Refused, SendSnapshot, Work, Write};
use proconsul_storage::log::{Batch, Log, LogError, Preparer, Progress};
use proconsul_storage::snapshot::Snapshots;

use super::start::{StartFailure, load, save, stored};
use crate::disk::SimDisk;
use crate::machine::Machine;
use crate::plan::Plant;

/// Entries between two snapshots.
const SNAPSHOT_EVERY: u64 = 40;

/// A server at work.
pub(crate) struct Running {
    pub(crate) cluster: ClusterId,
    pub(crate) core: Core,
    pub(crate) state: Machine,
    /// It has seen itself in a membership.
    pub(crate) was_member: bool,
    pub(crate) snapshot: SnapshotMark,
    pub(crate) writes: VecDeque<Write>,
    log: Log<SimDisk>,
    preparer: Preparer<SimDisk>,
    snapshots: Snapshots<SimDisk>,
    fetches: VecDeque<Fetch>,
    applying: VecDeque<ToApply>,
    applied_term: Term,
    /// A peer waits for a newer snapshot.
    is_snapshot_due: bool,
    memberships: VecDeque<(Index, Membership)>,
    membership: Membership,
    reads: Vec<(u64, Index)>,
    plant: Option<Plant>,
}

enum ToApply {
    Install(SnapshotMark),
    Entry(Committed),
}

/// What a server says to the world outside.
pub(crate) enum Output {
    Send(Message),
    SendSnapshot(SendSnapshot, Option<Bytes>),
    Applied(Entry, u64, Option<u64>),
    Installed(Index, u64),
    Refused(u64, Refused),
    Read(u64, Index),
    Fetched,
}

pub(super) fn batch(write: &Write) -> Batch<'_> {
    Batch {
        entries: &write.entries,
        hard_state: write.hard_state,
        membership: write.membership.as_ref().map(|(index, membership)| (*index, membership.encode())),
        snapshot: write.snapshot.map(stored),
    }
}

impl Running {
    #[expect(clippy::too_many_arguments, reason = "the parts of a server, put together in one place")]
    pub(super) fn new(
        cluster: ClusterId,
        core: Core,
        log: Log<SimDisk>,
        snapshots: Snapshots<SimDisk>,
        state: Machine,
        applied_term: Term,
        membership: (Index, Membership),
        snapshot: SnapshotMark,
        plant: Option<Plant>,
    ) -> Self {
        Self {
            // Whoever has a membership received it as a member of it.
            was_member: !membership.1.voters.is_empty(),
            cluster,
            core,
            state,
            snapshot,
            writes: VecDeque::new(),
            preparer: log.preparer(),
            log,
            snapshots,
            fetches: VecDeque::new(),
            applying: VecDeque::new(),
            applied_term,
            is_snapshot_due: false,
            memberships: VecDeque::new(),
            membership: membership.1,
            reads: Vec::new(),
            plant,
        }
    }

    /// Takes over everything the core wants done.
    pub(crate) fn drain(&mut self, out: &mut Vec<Output>) -> Result<(), StartFailure> {
        while let Some(work) = self.core.ready() {
            self.take(work, out)?;
        }
        self.answer_reads(out);
        Ok(())
    }

    fn take(&mut self, work: Work, out: &mut Vec<Output>) -> Result<(), StartFailure> {
        out.extend(work.send.into_iter().map(Output::Send));
        for send in work.send_snapshot {
            let file = self.snapshot_file(send.mark);
            out.push(Output::SendSnapshot(send, file));
        }
        out.extend(work.refused.into_iter().map(|(ticket, refused)| Output::Refused(ticket, refused)));
        self.fetches.extend(work.fetch);
        self.applying.extend(work.install_snapshot.map(ToApply::Install));
        self.memberships.extend(work.membership_changed);
        self.applying.extend(work.committed.into_iter().map(ToApply::Entry));
        self.reads.extend(work.reads);
        self.is_snapshot_due |= work.wants_snapshot;
        self.was_member |= self.core.membership().contains(self.core.id());
        if let Some(write) = work.write {
            self.write(write)?;
        }
        Ok(())
    }

    fn write(&mut self, mut write: Write) -> Result<(), StartFailure> {
        let is_only = write.entries.is_empty() && write.snapshot.is_none();
        if self.plant == Some(Plant::MembershipBeforeDurable) && write.snapshot.is_none() {
            write.membership = None;
            write.hard_state.iter_mut().for_each(|state| state.commit = self.snapshot.index);
        }
        let is_late = match self.plant {
            Some(Plant::ReplyBeforeSync) => !write.entries.is_empty(),
            Some(Plant::MessageBeforeVote) => is_only && write.membership.is_none() && write.sync,
            _ => false,
        };
        if is_late {
            while !self.writes.is_empty() {
                self.write_next()?;
            }
        }
        let number = write.number;
        self.writes.push_back(write);
        if is_late {
            self.core.persisted(number);
        }
        Ok(())
    }

    /// The log thread does the next write.
    pub(crate) fn write_next(&mut self) -> Result<bool, LogError> {
        let Some(write) = self.writes.front() else { return Ok(false) };
        self.log.append(&batch(write))?;
        let number = write.number;
        self.writes.pop_front();
        self.core.persisted(number);
        Ok(true)
    }

    /// The log's helper does a piece of work, or old entries are read.
    pub(crate) fn disk_idles(&mut self, out: &mut Vec<Output>) -> Result<(), StartFailure> {
        if let Some(fetch) = self.fetches.pop_front() {
            let bytes = usize::try_from(fetch.max_bytes).unwrap_or(usize::MAX);
            // Gone meanwhile: the core sends a snapshot then.
            let entries = self.log.reader().entries(fetch.first, fetch.end, bytes).unwrap_or_default();
            self.core.fetched(fetch.number, &entries);
            out.push(Output::Fetched);
        } else {
            let _: Progress = self.preparer.step()?;
        }
        Ok(())
    }

    /// The apply thread does the next piece.
    pub(crate) fn apply_next(&mut self, out: &mut Vec<Output>) -> Result<(), StartFailure> {
        match self.applying.pop_front() {
            None => return Ok(()),
            Some(ToApply::Install(mark)) => {
                (_, self.membership, self.state) = load(&self.snapshots, mark)?;
                (self.snapshot, self.applied_term) = (mark, mark.term);
                out.push(Output::Installed(mark.index, self.state.digest));
            }
            Some(ToApply::Entry(Committed { entry, ticket })) => {
                assert!(entry.index == self.state.applied.next(), "entries are applied without gaps");
                self.state.apply(&entry);
                self.applied_term = entry.term;
                out.push(Output::Applied(entry, self.state.digest, ticket));
            }
        }
        let applied = self.state.applied;
        while self.memberships.front().is_some_and(|(index, _)| *index <= applied) {
            self.membership = self.memberships.pop_front().map(|(_, membership)| membership).unwrap_or_default();
        }
        self.core.applied(applied);
        Ok(())
    }

    fn answer_reads(&mut self, out: &mut Vec<Output>) {
        let applied = self.state.applied;
        self.reads.retain(|(ticket, index)| {
            let is_ready = *index <= applied;
            if is_ready {
                out.push(Output::Read(*ticket, applied));
            }
            !is_ready
        });
    }

    /// Whether nothing is on its way to the state.
    pub(crate) fn is_idle(&self) -> bool {
        self.writes.is_empty() && self.applying.is_empty() && self.fetches.is_empty()
    }

    /// Whether a change of membership is on its way, committed or not.
    pub(crate) fn changes_membership(&self) -> bool {
        let is_change = |entry: &Entry| entry.kind == EntryKind::Membership;
        let first = self.state.applied.next().max(self.log.first());
        let logged =
            self.log.reader().entries(first, self.log.last().next().max(first), usize::MAX).unwrap_or_default();
        logged.iter().any(is_change) || self.writes.iter().flat_map(|write| &write.entries).any(is_change)
    }

    pub(crate) fn wants_snapshot(&self) -> bool {
        let new = self.state.applied.0 - self.snapshot.index.0;
        new >= SNAPSHOT_EVERY || (self.is_snapshot_due && new > 0)
    }

    /// Takes a snapshot of the state.
    pub(crate) fn take_snapshot(&mut self) -> Result<(), StartFailure> {
        let mark = SnapshotMark { index: self.state.applied, term: self.applied_term };
        save(&self.snapshots, mark, &self.membership, &self.state)?;
        self.snapshot = mark;
        self.is_snapshot_due = false;
        self.core.snapshot_taken(mark, self.membership.clone());
        Ok(())
    }

    /// Cuts the log off, a little behind the newest snapshot. Answers whether there was something to cut.
    pub(crate) fn compact(&mut self, rng: &mut Rng) -> Result<bool, LogError> {
        let through = Index(self.snapshot.index.0.saturating_sub(rng.below(SNAPSHOT_EVERY)));
        // The log may not have reached a snapshot that was just received.
        if through < self.log.first() || through > self.log.last() || !self.writes.is_empty() {
            return Ok(false);
        }
        self.log.compact(through)?;
        self.core.compacted(through);
        Ok(true)
    }

    /// A snapshot file has arrived in full.
    pub(crate) fn receive(&mut self, file: &[u8], message: Message) -> Result<(), StartFailure> {
        let proconsul_raft::Kind::Snapshot { mark, .. } = message.kind else { return Ok(()) };
        // It would replace files that are still needed, for nothing.
        if mark.index <= self.state.applied {
            return self.step(message);
        }
        let mut receiver = self.snapshots.receive(stored(mark))?;
        receiver.write(file)?;
        receiver.finish()?;
        self.step(message)
    }

    fn step(&mut self, message: Message) -> Result<(), StartFailure> {
        // A snapshot is never refused by `step` itself.
        let _ = self.core.step(message);
        Ok(())
    }

    fn snapshot_file(&self, mark: SnapshotMark) -> Option<Bytes> {
        let raw = self.snapshots.raw(stored(mark)).ok()?;
        let mut bytes = vec![0; raw.length() as usize];
        let count = raw.read_at(0, &mut bytes).ok()?;
        bytes.truncate(count);
        Some(bytes.into())
    }

    pub(crate) fn id(&self) -> RaftId {
        self.core.id()
    }
}
