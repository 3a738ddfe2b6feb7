//! From what is on disk to a core that can start and a machine that is where the core takes over.

use bytes::Bytes;
use proconsul_base::entry::{Entry, EntryKind, SnapshotMark};
use proconsul_base::index::{Index, Term};
use proconsul_raft::{Membership, Start};
use proconsul_storage::disk::Disk;
use proconsul_storage::log::{self, Batch, Log, LogReader};

use crate::machine::Machine;
use crate::snapshot::Shelf;
use crate::start::StartError;

/// Entries applied at a time while catching up, in bytes.
const STEP_BYTES: usize = 4 * 1024 * 1024;

/// Where the machine and the core begin.
pub(crate) struct Begun {
    pub(crate) start: Start,
    /// Where the machine is.
    pub(crate) at: (Index, Term),
    pub(crate) membership: Bytes,
}

/// Loads the newest snapshot, then applies the log up to where the core takes over.
pub(crate) fn recover<D: Disk, M: Machine>(
    found: log::Recovered,
    log: &mut Log<D>,
    shelf: &Shelf<D>,
    machine: &mut M,
) -> Result<Begun, StartError> {
    let membership = match found.membership {
        Some((index, bytes)) => Some((index, Membership::decode(&bytes)?)),
        None => None,
    };
    let mut start = Start {
        hard_state: found.hard_state,
        membership,
        snapshot: None,
        compacted: found.snapshot.unwrap_or_default(),
        terms: found.terms,
        entries: found.entries,
        last: found.last,
    };
    let mut at = SnapshotMark::default();
    if let Some(newest) = shelf.0.newest()? {
        let (bytes, mut contents) = shelf.open(newest)?;
        machine.restore(&mut contents).map_err(|source| StartError::Restore { index: newest.index, source })?;
        at = newest;
        let (with, write) = start.with_snapshot(newest, Membership::decode(&bytes)?);
        start = with;
        if let Some(write) = write {
            // Received, and the crash came before the log knew of it.
            log.append(&Batch {
                entries: &[],
                hard_state: write.hard_state,
                membership: write.membership.map(|(index, membership)| (index, membership.encode())),
                snapshot: write.snapshot,
            })?;
        }
    }
    let reader = log.reader();
    let applied = start.applied();
    let mut at = (at.index, at.term);
    apply_log(&reader, machine, &mut at, applied)?;
    start.entries = tail(&reader, start.entries, applied, start.last)?;
    let membership = start.membership.as_ref().map(|(_, membership)| membership.encode()).unwrap_or_default();
    Ok(Begun { start, at, membership })
}

fn apply_log<D: Disk, M: Machine>(
    reader: &LogReader<D>,
    machine: &mut M,
    at: &mut (Index, Term),
    through: Index,
) -> Result<(), StartError> {
    while at.0 < through {
        let entries = reader.entries(at.0.next(), through.next(), STEP_BYTES)?;
        let Some(last) = entries.last() else { return Ok(()) };
        *at = (last.index, last.term);
        let commands: Vec<(Index, Bytes)> = entries
            .into_iter()
            .filter(|entry| entry.kind == EntryKind::Command && !entry.data.is_empty())
            .map(|entry| (entry.index, entry.data))
            .collect();
        machine.apply(&commands, &mut Vec::new())?;
    }
    Ok(())
}

/// Everything after `applied`; what recovery kept in memory usually reaches back that far.
fn tail<D: Disk>(
    reader: &LogReader<D>,
    kept: Vec<Entry>,
    applied: Index,
    last: Index,
) -> Result<Vec<Entry>, StartError> {
    let held_from = kept.first().map_or(last.next(), |entry| entry.index);
    if held_from <= applied.next() {
        return Ok(kept);
    }
    let mut entries = reader.entries(applied.next(), held_from, usize::MAX)?;
    entries.extend(kept);
    Ok(entries)
}
