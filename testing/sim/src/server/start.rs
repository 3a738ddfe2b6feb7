//! Starting a server from its disk: log, newest snapshot, state.

use std::io::Read;
use std::path::Path;

use proconsul_base::entry::{Entry, SnapshotMark};
use proconsul_base::id::{ClusterId, RaftId};
use proconsul_base::index::{Index, Term};
use proconsul_raft::{Config, Core, Malformed, Membership, Start, StartError, Write, genesis};
use proconsul_storage::log::{Log, LogError, LogOptions, ReadError, Recovered};
use proconsul_storage::snapshot::{SnapshotError, SnapshotMeta, Snapshots};

use super::running::{Output, Running, batch};
use crate::disk::SimDisk;
use crate::machine::Machine;
use crate::plan::Plant;

/// Why a server cannot start. In a run without planted bugs this never happens.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartFailure {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    #[error(transparent)]
    Core(#[from] StartError),
    #[error(transparent)]
    Membership(#[from] Malformed),
    #[error("the snapshot cannot be read: {0}")]
    State(#[from] std::io::Error),
    #[error("the snapshot holds no state")]
    NoState,
}

/// Small enough that everything rotates, compacts and is fetched all the time.
const LOG: LogOptions =
    LogOptions { first_segment_bytes: 2048, last_segment_bytes: 4096, cache_bytes: 4096, prepare_step_bytes: 4096 };

fn config(id: RaftId, seed: u64) -> Config {
    Config {
        max_inflight: 8,
        max_message_bytes: 600,
        cache_bytes: 1200,
        max_uncommitted_bytes: 4096,
        max_unapplied_bytes: 1000,
        ..Config::new(id, seed)
    }
}

impl Running {
    /// Makes the first files of a new cluster.
    pub(crate) fn begin(disk: &SimDisk, membership: &Membership) -> Result<(), StartFailure> {
        let write = genesis(membership.clone());
        let snapshots = Snapshots::open(disk.clone(), Path::new("snapshots"))?;
        let (mut log, _) = Log::open(disk.clone(), Path::new("log"), LOG)?;
        let state = Machine::begin();
        let mark = SnapshotMark { index: Index(1), term: Term(1) };
        save(&snapshots, mark, membership, &state)?;
        log.append(&batch(&write))?;
        Ok(())
    }

    /// Starts from what the disk holds.
    pub(crate) fn start(
        disk: &SimDisk,
        id: RaftId,
        cluster: ClusterId,
        seed: u64,
        plant: Option<Plant>,
        out: &mut Vec<Output>,
    ) -> Result<Self, StartFailure> {
        let snapshots = Snapshots::open(disk.clone(), Path::new("snapshots"))?;
        let (mut log, recovered) = Log::open(disk.clone(), Path::new("log"), LOG)?;
        let mut start = as_start(recovered)?;
        let mut state = Machine::default();
        let mut snapshot = SnapshotMark::default();
        if let Some((mark, membership, saved)) = load_newest(&snapshots)? {
            let (completed, write) = start.with_snapshot(mark, membership);
            start = completed;
            write.map(|write: Write| log.append(&batch(&write))).transpose()?;
            (state, snapshot) = (saved, mark);
        }
        let applied = start.applied();
        let held = start.entries.first().map_or(start.last.next(), |entry| entry.index);
        let replayed = read(&log, state.applied.next(), applied)?;
        let missing = read(&log, applied.next().max(start.compacted.index.next()), Index(held.0.saturating_sub(1)))?;
        start.entries.splice(0..0, missing);
        let mut applied_term = snapshot.term;
        for entry in replayed {
            applied_term = entry.term;
            state.apply(&entry);
            out.push(Output::Applied(entry, state.digest, None));
        }
        let membership = start.membership.clone().unwrap_or_default();
        let core = Core::new(config(id, seed), start)?;
        Ok(Self::new(cluster, core, log, snapshots, state, applied_term, membership, snapshot, plant))
    }
}

fn as_start(recovered: Recovered) -> Result<Start, StartFailure> {
    let membership = match &recovered.membership {
        Some((index, bytes)) => Some((*index, Membership::decode(bytes)?)),
        None => None,
    };
    let compacted = recovered.snapshot.map(|mark| SnapshotMark { index: mark.index, term: mark.term });
    Ok(Start {
        hard_state: recovered.hard_state,
        membership,
        snapshot: None,
        compacted: compacted.unwrap_or_default(),
        terms: recovered.terms,
        entries: recovered.entries,
        last: recovered.last,
    })
}

fn read(log: &Log<SimDisk>, first: Index, last: Index) -> Result<Vec<Entry>, StartFailure> {
    if first > last {
        return Ok(Vec::new());
    }
    Ok(log.reader().entries(first, last.next(), usize::MAX)?)
}

type Loaded = (SnapshotMark, Membership, Machine);

fn load_newest(snapshots: &Snapshots<SimDisk>) -> Result<Option<Loaded>, StartFailure> {
    snapshots.newest()?.map(|mark| load(snapshots, SnapshotMark { index: mark.index, term: mark.term })).transpose()
}

pub(super) fn load(snapshots: &Snapshots<SimDisk>, mark: SnapshotMark) -> Result<Loaded, StartFailure> {
    let mut reader = snapshots.read(stored(mark))?;
    let membership = Membership::decode(&reader.meta().membership)?;
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes)?;
    Ok((mark, membership, Machine::decode(&bytes).ok_or(StartFailure::NoState)?))
}

pub(super) fn save(
    snapshots: &Snapshots<SimDisk>,
    mark: SnapshotMark,
    membership: &Membership,
    state: &Machine,
) -> Result<(), StartFailure> {
    let meta = SnapshotMeta { index: mark.index, term: mark.term, membership: membership.encode() };
    let mut writer = snapshots.create(&meta)?;
    std::io::Write::write_all(&mut writer, &state.encode())?;
    writer.finish()?;
    Ok(())
}

/// The mark as the storage room writes it.
pub(super) fn stored(mark: SnapshotMark) -> proconsul_storage::SnapshotMark {
    proconsul_storage::SnapshotMark { index: mark.index, term: mark.term }
}
