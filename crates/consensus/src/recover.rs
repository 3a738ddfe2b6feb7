//! From what is on disk to a core that can start and a machine that is where the core takes over.

use bytes::Bytes;
use proconsul_base::entry::{Entry, EntryKind, SnapshotMark};
use proconsul_base::index::{Index, Term};
use proconsul_raft::{Membership, Start};
use proconsul_storage::disk::Disk;
use proconsul_storage::log::{self, LogReader};

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

/// Loads the newest snapshot that the log knows, then applies the log up to where the core takes over.
pub(crate) fn recover<D: Disk, M: Machine>(
    found: log::Recovered,
    reader: &LogReader<D>,
    shelf: &Shelf<D>,
    machine: &mut M,
) -> Result<Begun, StartError> {
    let compacted = found.snapshot.unwrap_or_default();
    let snapshot = load_snapshot(shelf, compacted, found.last, machine)?;
    let mut at = (snapshot.0.index, snapshot.0.term);
    let logged = match found.membership {
        Some((index, bytes)) => Some((index, Membership::decode(&bytes)?)),
        None => None,
    };
    let shelved = match snapshot {
        (mark, bytes) if mark.index > Index::ZERO => Some((mark, Membership::decode(&bytes)?)),
        _ => None,
    };
    // The core needs all entries after the membership in memory: the newer of the two is the cheaper beginning.
    let from_snapshot = shelved.clone().map(|(mark, membership)| (mark.index, membership));
    let membership = [logged, from_snapshot].into_iter().flatten().max_by_key(|(index, _)| *index);
    let applied = membership.as_ref().map_or(compacted.index, |(index, _)| *index);
    apply_log(reader, machine, &mut at, applied)?;

    let entries = tail(reader, found.entries, applied, found.last)?;
    let mut hard_state = found.hard_state;
    // What a snapshot or an applied membership covers was committed, whether or not the log still knew.
    hard_state.commit = hard_state.commit.max(applied);
    let bytes = membership.as_ref().map(|(_, membership)| membership.encode()).unwrap_or_default();
    let start =
        Start { hard_state, membership, snapshot: shelved, compacted, terms: found.terms, entries, last: found.last };
    Ok(Begun { start, at, membership: bytes })
}

/// The newest snapshot between the beginning and the end of the log; one beyond its end was received but never installed.
fn load_snapshot<D: Disk, M: Machine>(
    shelf: &Shelf<D>,
    compacted: SnapshotMark,
    last: Index,
    machine: &mut M,
) -> Result<(SnapshotMark, Bytes), StartError> {
    let usable = shelf.0.list()?.into_iter().filter(|mark| compacted.index <= mark.index && mark.index <= last);
    let Some(newest) = usable.max_by_key(|mark| mark.index) else {
        return match compacted.index {
            Index::ZERO => Ok(Default::default()),
            index => Err(StartError::NoSnapshot(index)),
        };
    };
    let (membership, mut contents) = shelf.open(newest)?;
    machine.restore(&mut contents).map_err(|source| StartError::Restore { index: newest.index, source })?;
    Ok((newest, membership))
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
