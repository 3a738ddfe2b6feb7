//! The apply thread: committed entries into the machine, in order; the only writer of the state. It also decides when a
//! snapshot is due and captures it; another thread writes it out, so that applying never waits for the disk.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use proconsul_base::entry::{Entry, EntryKind, SnapshotMark};
use proconsul_base::index::{Index, Term};
use proconsul_storage::snapshot::SnapshotError;
use proconsul_telemetry::names::raft as metric;
use tokio::sync::oneshot;

use crate::applied::Applied;
use crate::error::Unavailable;
use crate::machine::{Capture, Machine};
use crate::mailbox::Mailbox;

/// Where a proposal's outcome goes.
pub(crate) type Reply = oneshot::Sender<Result<Bytes, Unavailable>>;

/// What the apply thread is asked to do.
pub(crate) enum Job {
    /// Apply these, then answer those who wait; replies are in the order of their entries.
    Commit { entries: Vec<Entry>, replies: Vec<(Index, Reply)> },
    /// The membership that is in force from this index on.
    Membership(Index, Bytes),
    /// Replace the state by this snapshot's.
    Restore { mark: SnapshotMark, open: Open },
    /// Capture the state although none is due: a new server needs it.
    Capture,
    /// End the thread.
    Stop,
}

/// Opens a snapshot: the membership as of it, and its contents. Called on the apply thread, which may wait for the disk.
pub(crate) type Open = Box<dyn FnOnce() -> Result<(Bytes, Box<dyn io::Read + Send>), SnapshotError> + Send>;

/// A state worth writing out.
pub(crate) struct Captured {
    pub(crate) index: Index,
    pub(crate) term: Term,
    pub(crate) membership: Bytes,
    pub(crate) state: Box<dyn Capture>,
}

/// Whom the apply thread tells of its progress.
pub(crate) trait Progress: Send {
    /// Everything up to here is applied.
    fn applied(&self, index: Index);
    /// A snapshot is due.
    fn captured(&self, captured: Captured);
    /// The state can no longer be trusted; the process must end.
    fn fatal(&self, reason: String);
}

/// When a snapshot is due.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Due {
    /// After this many applied bytes of log.
    pub(crate) bytes: u64,
}

pub(crate) struct ApplyThread<M, P> {
    pub(crate) machine: M,
    pub(crate) progress: P,
    pub(crate) applied: Arc<Applied>,
    pub(crate) due: Due,
    /// The position of the last applied entry.
    pub(crate) at: (Index, Term),
    /// The memberships from these indexes on; the first is in force at `at`.
    pub(crate) memberships: VecDeque<(Index, Bytes)>,
    /// Bytes of log applied since the last capture.
    pub(crate) since_capture: u64,
}

impl<M: Machine, P: Progress> ApplyThread<M, P> {
    /// Works until told to stop, or until the state can no longer be trusted.
    pub(crate) fn run(mut self, jobs: &Mailbox<Job>) {
        let mut batch = Vec::new();
        loop {
            jobs.take(&mut batch);
            for job in batch.drain(..) {
                let done = match job {
                    Job::Commit { entries, replies } => self.commit(entries, replies),
                    Job::Membership(index, membership) => {
                        self.memberships.push_back((index, membership));
                        Ok(())
                    }
                    Job::Restore { mark, open } => self.restore(mark, open),
                    Job::Capture => {
                        self.capture();
                        Ok(())
                    }
                    Job::Stop => return,
                };
                if let Err(reason) = done {
                    return self.progress.fatal(reason);
                }
            }
        }
    }

    fn commit(&mut self, entries: Vec<Entry>, replies: Vec<(Index, Reply)>) -> Result<(), String> {
        let Some(last) = entries.last() else { return Ok(()) };
        let at = (last.index, last.term);
        self.since_capture += entries.iter().map(|entry| entry.data.len() as u64 + ENTRY_OVERHEAD).sum::<u64>();
        // An empty command is a new leader's no-op; a membership change was applied by the core itself.
        let commands: Vec<(Index, Bytes)> = entries
            .into_iter()
            .filter(|entry| entry.kind == EntryKind::Command && !entry.data.is_empty())
            .map(|entry| (entry.index, entry.data))
            .collect();
        let mut outcomes = Vec::with_capacity(commands.len());
        let began = Instant::now();
        self.machine.apply(&commands, &mut outcomes).map_err(|error| error.to_string())?;
        metric::FSM_APPLY.took(began.elapsed());
        self.at = at;
        self.applied.publish(at.0);
        self.progress.applied(at.0);
        answer(&commands, outcomes, replies);
        if self.since_capture >= self.due.bytes {
            self.capture();
        }
        Ok(())
    }

    fn restore(&mut self, mark: SnapshotMark, open: Open) -> Result<(), String> {
        let SnapshotMark { index, term } = mark;
        let failed =
            |error: &dyn std::fmt::Display| format!("the snapshot of index {index} cannot be restored: {error}");
        let began = Instant::now();
        let (membership, mut from) = open().map_err(|error| failed(&error))?;
        self.machine.restore(&mut from).map_err(|error| failed(&error))?;
        metric::FSM_RESTORE.took(began.elapsed());
        self.at = (index, term);
        self.memberships = VecDeque::from([(index, membership)]);
        self.since_capture = 0;
        self.applied.publish(index);
        self.progress.applied(index);
        Ok(())
    }

    fn capture(&mut self) {
        self.since_capture = 0;
        let (index, term) = self.at;
        while self.memberships.get(1).is_some_and(|(from, _)| *from <= index) {
            self.memberships.pop_front();
        }
        let Some((_, membership)) = self.memberships.front().cloned() else { return };
        let began = Instant::now();
        let state = self.machine.capture();
        metric::FSM_SNAPSHOT.took(began.elapsed());
        self.progress.captured(Captured { index, term, membership, state });
    }
}

/// What an entry takes in the log beside its data.
const ENTRY_OVERHEAD: u64 = 32;

/// Both lists are in the order of the log; not every command has somebody waiting here.
fn answer(commands: &[(Index, Bytes)], outcomes: Vec<Bytes>, replies: Vec<(Index, Reply)>) {
    let mut outcomes = commands.iter().map(|(index, _)| *index).zip(outcomes).peekable();
    for (index, reply) in replies {
        while outcomes.next_if(|(applied, _)| *applied < index).is_some() {}
        // A membership change and the no-op have no outcome of the machine's: the empty one.
        let outcome = outcomes.next_if(|(applied, _)| *applied == index).map(|(_, outcome)| outcome);
        let _ = reply.send(Ok(outcome.unwrap_or_default()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_proposer_gets_the_outcome_of_its_own_entry() {
        let command = |index| (Index(index), Bytes::new());
        let outcome = |text: &'static str| Bytes::from_static(text.as_bytes());
        let (first, mut first_answer) = oneshot::channel();
        let (change, mut change_answer) = oneshot::channel();
        let (last, mut last_answer) = oneshot::channel();
        answer(
            &[command(4), command(5), command(7), command(9)],
            vec![outcome("four"), outcome("five"), outcome("seven"), outcome("nine")],
            vec![(Index(5), first), (Index(6), change), (Index(9), last)],
        );
        assert_eq!(first_answer.try_recv().unwrap(), Ok(outcome("five")));
        assert_eq!(change_answer.try_recv().unwrap(), Ok(Bytes::new()));
        assert_eq!(last_answer.try_recv().unwrap(), Ok(outcome("nine")));
    }
}
