//! The log thread: the only writer of the log. Everything that waits goes to disk with one sync (group commit), so a busy
//! server pays the same number of syncs as an idle one.

use std::time::{Duration, Instant};

use bytes::Bytes;
use proconsul_base::entry::SnapshotMark;
use proconsul_base::entry::{Entry, HardState};
use proconsul_base::index::Index;
use proconsul_storage::disk::Disk;
use proconsul_storage::log::{Batch, Log, LogError};

use crate::mailbox::Mailbox;

/// What the log thread is asked to do.
#[derive(Debug)]
pub(crate) enum Job {
    /// Make this durable, then say so.
    Write(Write),
    /// Give up what lies at or before this index.
    Compact(Index),
    /// End the thread.
    Stop,
}

/// Something that must be durable; numbers grow by one.
#[derive(Debug, Default)]
pub(crate) struct Write {
    pub(crate) number: u64,
    /// Bytes of the entries' data.
    pub(crate) bytes: usize,
    pub(crate) entries: Vec<Entry>,
    pub(crate) hard_state: Option<HardState>,
    pub(crate) membership: Option<(Index, Bytes)>,
    pub(crate) snapshot: Option<SnapshotMark>,
}

/// Bytes of entries that one sync takes at most, unless a single write is larger: readers check a batch as a whole.
const JOINED_BYTES: usize = 4 * 1024 * 1024;

impl Write {
    /// Takes `next` into the same batch when the order on disk stays the same: its entries follow ours, and no snapshot
    /// voids them. Gives it back otherwise.
    fn join(&mut self, next: Self) -> Option<Self> {
        let follows = match (self.entries.last(), next.entries.first()) {
            (Some(last), Some(first)) => last.index.next() == first.index,
            _ => true,
        };
        if !follows || next.snapshot.is_some() || self.bytes + next.bytes > JOINED_BYTES {
            return Some(next);
        }
        self.number = next.number;
        self.bytes += next.bytes;
        self.entries.extend(next.entries);
        self.hard_state = next.hard_state.or(self.hard_state);
        self.membership = next.membership.or_else(|| self.membership.take());
        None
    }
}

/// Whom the log thread tells.
pub(crate) trait Durable: Send {
    /// Everything up to this write is on disk.
    fn written(&self, number: u64);
    /// So many entries took the disk so long.
    fn stored(&self, entries: usize, took: Duration);
    /// The disk failed: nothing more can be promised, the process must end.
    fn fatal(&self, error: LogError);
}

/// Works until told to stop, or until the disk fails.
pub(crate) fn run<D: Disk>(mut log: Log<D>, jobs: &Mailbox<Job>, durable: &impl Durable) {
    let mut batch = Vec::new();
    loop {
        jobs.take(&mut batch);
        match work(&mut log, batch.drain(..), durable) {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => return durable.fatal(error),
        }
    }
}

/// False when told to stop.
fn work<D: Disk>(log: &mut Log<D>, jobs: impl Iterator<Item = Job>, durable: &impl Durable) -> Result<bool, LogError> {
    let mut waiting: Option<Write> = None;
    for job in jobs {
        let write = match job {
            Job::Write(write) => match waiting.as_mut() {
                None => Some(write),
                Some(first) => first.join(write),
            },
            Job::Compact(through) => {
                flush(log, waiting.take(), durable)?;
                log.compact(through)?;
                None
            }
            Job::Stop => {
                flush(log, waiting.take(), durable)?;
                return Ok(false);
            }
        };
        if let Some(write) = write {
            flush(log, waiting.replace(write), durable)?;
        }
    }
    flush(log, waiting, durable)?;
    Ok(true)
}

fn flush<D: Disk>(log: &mut Log<D>, write: Option<Write>, durable: &impl Durable) -> Result<(), LogError> {
    let Some(Write { number, entries, hard_state, membership, snapshot, .. }) = write else { return Ok(()) };
    let began = Instant::now();
    log.append(&Batch { entries: &entries, hard_state, membership, snapshot })?;
    if !entries.is_empty() {
        durable.stored(entries.len(), began.elapsed());
    }
    durable.written(number);
    Ok(())
}

#[cfg(test)]
mod tests {
    use proconsul_base::entry::EntryKind;
    use proconsul_base::index::Term;

    use super::*;

    fn write(number: u64, indexes: std::ops::Range<u64>) -> Write {
        let entry = |index| Entry { index: Index(index), term: Term(1), kind: EntryKind::Command, data: Bytes::new() };
        Write { number, entries: indexes.map(entry).collect(), ..Write::default() }
    }

    #[test]
    fn writes_that_follow_each_other_share_a_sync() {
        let mut first = write(1, 1..3);
        assert!(first.join(write(2, 3..5)).is_none());
        assert!(first.join(Write { number: 3, hard_state: Some(HardState::default()), ..Write::default() }).is_none());
        assert_eq!((first.number, first.entries.len()), (3, 4));
        assert!(first.hard_state.is_some());
    }

    #[test]
    fn a_write_that_replaces_entries_or_installs_a_snapshot_stands_alone() {
        let mut first = write(1, 1..5);
        assert!(first.join(write(2, 3..4)).is_some());
        let installs = SnapshotMark { index: Index(9), term: Term(2) };
        assert!(first.join(Write { number: 3, snapshot: Some(installs), ..Write::default() }).is_some());
    }
}
