//! The folder of snapshots: which there are, which are kept. Knows names, not contents.

use std::path::{Path, PathBuf};

use proconsul_base::index::{Index, Term};

use super::{RawSnapshot, SnapshotError, SnapshotMeta, SnapshotReader, SnapshotReceiver, SnapshotWriter};
use crate::SnapshotMark;
use crate::disk::{Disk, make_folder};

/// Snapshots kept: the newest, and one more for a server to which it is just being sent.
const KEPT: usize = 2;

const SUFFIX: &str = ".snap";
const UNFINISHED: &str = ".tmp";

/// A folder of snapshots; cheap to clone.
#[derive(Clone, Debug)]
pub struct Snapshots<D: Disk> {
    pub(super) disk: D,
    pub(super) folder: PathBuf,
}

impl<D: Disk> Snapshots<D> {
    /// Opens the folder, makes it when it is absent, and removes what was left unfinished.
    ///
    /// # Errors
    /// The disk refused.
    pub fn open(disk: D, folder: &Path) -> Result<Self, SnapshotError> {
        make_folder(&disk, folder).map_err(SnapshotError::io("make snapshot folder", folder))?;
        let snapshots = Self { disk, folder: folder.to_owned() };
        for name in snapshots.names()? {
            if name.ends_with(UNFINISHED) {
                snapshots.remove(&snapshots.folder.join(name))?;
            }
        }
        Ok(snapshots)
    }

    /// Begins to write a snapshot.
    ///
    /// # Errors
    /// The disk refused.
    pub fn create(&self, meta: &SnapshotMeta) -> Result<SnapshotWriter<D>, SnapshotError> {
        SnapshotWriter::create(self.clone(), meta)
    }

    /// Begins to receive the bytes of another server's snapshot file. The mark serves only to tell transfers apart; what arrives says
    /// itself what it is.
    ///
    /// # Errors
    /// The disk refused.
    pub fn receive(&self, mark: SnapshotMark) -> Result<SnapshotReceiver<D>, SnapshotError> {
        SnapshotReceiver::create(self.clone(), mark)
    }

    /// Opens a snapshot to read its contents.
    ///
    /// # Errors
    /// It is not there, or damaged, or the disk refused.
    pub fn read(&self, mark: SnapshotMark) -> Result<SnapshotReader<D>, SnapshotError> {
        SnapshotReader::open(&self.disk, &self.path(mark), Some(mark))
    }

    /// Opens a snapshot's file to send it as it is.
    ///
    /// # Errors
    /// It is not there, or the disk refused.
    pub fn raw(&self, mark: SnapshotMark) -> Result<RawSnapshot<D>, SnapshotError> {
        RawSnapshot::open(&self.disk, &self.path(mark))
    }

    /// All complete snapshots, newest first.
    ///
    /// # Errors
    /// The disk refused.
    pub fn list(&self) -> Result<Vec<SnapshotMark>, SnapshotError> {
        let mut marks: Vec<_> = self.names()?.iter().filter_map(|name| mark_of(name)).collect();
        marks.sort_unstable_by(|one, other| other.cmp(one));
        Ok(marks)
    }

    /// The newest complete snapshot.
    ///
    /// # Errors
    /// The disk refused.
    pub fn newest(&self) -> Result<Option<SnapshotMark>, SnapshotError> {
        Ok(self.list()?.first().copied())
    }

    /// Gives a finished file its name, durably, then removes those that are too old.
    pub(super) fn keep(&self, unfinished: &Path, mark: SnapshotMark) -> Result<(), SnapshotError> {
        let path = self.path(mark);
        self.disk.rename(unfinished, &path).map_err(SnapshotError::io("name snapshot", &path))?;
        self.disk.sync_dir(&self.folder).map_err(SnapshotError::io("sync snapshot folder", &self.folder))?;
        for old in self.list()?.into_iter().skip(KEPT) {
            self.remove(&self.path(old))?;
        }
        Ok(())
    }

    /// The path of a snapshot in the making; writing and receiving the same one do not meet.
    pub(super) fn unfinished(&self, mark: SnapshotMark, how: &str) -> PathBuf {
        self.folder.join(format!("{}-{}.{how}{UNFINISHED}", mark.term, mark.index))
    }

    fn path(&self, mark: SnapshotMark) -> PathBuf {
        self.folder.join(format!("{}-{}{SUFFIX}", mark.term, mark.index))
    }

    fn names(&self) -> Result<Vec<String>, SnapshotError> {
        self.disk.list(&self.folder).map_err(SnapshotError::io("list snapshot folder", &self.folder))
    }

    fn remove(&self, path: &Path) -> Result<(), SnapshotError> {
        self.disk.remove(path).map_err(SnapshotError::io("remove snapshot", path))
    }
}

fn mark_of(name: &str) -> Option<SnapshotMark> {
    let (term, index) = name.strip_suffix(SUFFIX)?.split_once('-')?;
    let number = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    Some(SnapshotMark { index: Index(number(index)?), term: Term(number(term)?) })
}
