//! The store's log on disk: one entry per write, its index the `resourceVersion`; now and then a snapshot replaces what came before.
//!
//! ```text
//! <folder>/log/            segments of `storage::log`
//! <folder>/objects.json    {"version": N, "objects": [...]}: all objects at version N; entries up to N are not read
//! ```
//!
//! A snapshot is written aside, synced and renamed before the log forgets anything, so a crash leaves the old pair or the new.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use proconsul_base::entry::{Entry, EntryKind};
use proconsul_base::index::{Index, Term};
use proconsul_base::limit;
use proconsul_storage::disk::{Disk, DiskFile, RealDisk};
use proconsul_storage::log::{Batch, Log, LogError, LogOptions};

use crate::object::{Key, Object};
use crate::store::record::{Record, RecordError, Snapshot};

const SNAPSHOT: &str = "objects.json";
const SNAPSHOT_ASIDE: &str = "objects.tmp";
/// One writer, one term: nobody else ever proposes to this log.
const TERM: Term = Term(1);
/// Objects are small and their log is short; segments as large as a server's would only take room.
const LARGEST_SEGMENT_BYTES: u64 = 8 << 20;

/// Why the journal could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The log refused.
    #[error("keeping Kubernetes objects in {}", folder.display())]
    Log {
        /// Where.
        folder: PathBuf,
        /// Why.
        source: LogError,
    },
    /// A snapshot could not be written or read.
    #[error("cannot {action} {}", path.display())]
    Snapshot {
        /// What was attempted.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What was read is not what was written.
    #[error("{} {what} cannot be understood; restore the folder, or remove it and apply the manifests again", folder.display())]
    Unreadable {
        /// Where.
        folder: PathBuf,
        /// Which part: the snapshot, or an entry.
        what: String,
        /// Why.
        source: RecordError,
    },
}

/// Where changes are kept.
pub struct Journal(Option<OnDisk>);

/// What a folder held when it was opened.
#[derive(Debug, Default)]
pub(super) struct Replayed {
    pub(super) snapshot: Option<Snapshot>,
    /// The writes after the snapshot, by version.
    pub(super) records: Vec<(u64, Record)>,
}

struct OnDisk {
    folder: PathBuf,
    disk: RealDisk,
    log: Log<RealDisk>,
    entries: Vec<Entry>,
    since_snapshot: usize,
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Journal").field(&self.0.as_ref().map(|kept| &kept.folder)).finish()
    }
}

impl Journal {
    /// A journal that forgets: for tests, and for trying a set without keeping it.
    pub fn in_memory() -> Self {
        Self(None)
    }

    /// The journal in a folder, begun when there is none. The caller holds the lock of the state directory.
    pub fn open(folder: &Path) -> Result<Self, JournalError> {
        let disk = RealDisk;
        let options =
            LogOptions { last_segment_bytes: LARGEST_SEGMENT_BYTES, cache_bytes: usize::MAX, ..LogOptions::default() };
        let (log, recovered) = Log::open(disk, &folder.join("log"), options)
            .map_err(|source| JournalError::Log { folder: folder.to_owned(), source })?;
        let folder = folder.to_owned();
        Ok(Self(Some(OnDisk { folder, disk, log, entries: recovered.entries, since_snapshot: 0 })))
    }

    /// What the folder held when it was opened: a snapshot and the writes after it. Asked once.
    pub(super) fn replay(&mut self) -> Result<Replayed, JournalError> {
        let Some(kept) = &mut self.0 else { return Ok(Replayed::default()) };
        let snapshot = kept.read_snapshot()?;
        let begin = snapshot.as_ref().map_or(0, |snapshot| snapshot.version);
        let mut records = Vec::new();
        for entry in std::mem::take(&mut kept.entries).into_iter().filter(|entry| entry.index.0 > begin) {
            let record = Record::decode(&entry.data).map_err(|source| JournalError::Unreadable {
                folder: kept.folder.clone(),
                what: format!("entry {}", entry.index),
                source,
            })?;
            records.push((entry.index.0, record));
        }
        kept.since_snapshot = records.len();
        Ok(Replayed { snapshot, records })
    }

    /// Keeps one write; it is on disk when this returns.
    pub(super) fn append(&mut self, version: u64, record: &Record) -> Result<(), JournalError> {
        let Some(kept) = &mut self.0 else { return Ok(()) };
        let data = Bytes::from(record.encode());
        let entries = [Entry { index: Index(version), term: TERM, kind: EntryKind::Command, data }];
        kept.since_snapshot += 1;
        let batch = Batch { entries: &entries, ..Batch::default() };
        kept.log.append(&batch).map_err(|source| JournalError::Log { folder: kept.folder.clone(), source })
    }

    /// Whether a snapshot would be much smaller than the log.
    pub(super) fn is_worth_compacting(&self, objects: usize) -> bool {
        self.0.as_ref().is_some_and(|kept| kept.since_snapshot > limit::KUBE_JOURNAL_ENTRIES + objects)
    }

    /// Replaces everything up to `version` by these objects.
    pub(super) fn compact(&mut self, version: u64, objects: &BTreeMap<Key, Object>) -> Result<(), JournalError> {
        let Some(kept) = &mut self.0 else { return Ok(()) };
        kept.write_snapshot(&Snapshot::encode(version, objects))?;
        kept.since_snapshot = 0;
        kept.log.compact(Index(version)).map_err(|source| JournalError::Log { folder: kept.folder.clone(), source })
    }
}

impl OnDisk {
    fn read_snapshot(&self) -> Result<Option<Snapshot>, JournalError> {
        let path = self.folder.join(SNAPSHOT);
        let failed = |source| JournalError::Snapshot { action: "read", path: path.clone(), source };
        if !self.disk.exists(&path).map_err(failed)? {
            return Ok(None);
        }
        let file = self.disk.open(&path).map_err(failed)?;
        let length = usize::try_from(file.length().map_err(failed)?).unwrap_or(usize::MAX);
        let mut bytes = vec![0; length];
        file.read_at(0, &mut bytes).map_err(failed)?;
        let snapshot = Snapshot::decode(&bytes).map_err(|source| JournalError::Unreadable {
            folder: self.folder.clone(),
            what: SNAPSHOT.to_owned(),
            source,
        })?;
        Ok(Some(snapshot))
    }

    fn write_snapshot(&self, bytes: &[u8]) -> Result<(), JournalError> {
        let (aside, path) = (self.folder.join(SNAPSHOT_ASIDE), self.folder.join(SNAPSHOT));
        let write = || {
            let file = self.disk.create(&aside)?;
            file.write_at(0, bytes)?;
            file.sync_data()?;
            self.disk.rename(&aside, &path)?;
            self.disk.sync_dir(&self.folder)
        };
        write().map_err(|source| JournalError::Snapshot { action: "write", path: path.clone(), source })
    }
}
