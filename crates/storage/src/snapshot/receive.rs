//! Receiving another server's snapshot file. Trusts nothing of it until all of it has been verified on this disk.

use std::path::PathBuf;

use super::{SnapshotError, SnapshotMeta, SnapshotReader, Snapshots};
use crate::SnapshotMark;
use crate::disk::{Disk, DiskFile};

/// A snapshot that is arriving: write the file's bytes in order, then [`SnapshotReceiver::finish`]. Dropped before that, it is as if it
/// never was.
#[derive(Debug)]
pub struct SnapshotReceiver<D: Disk> {
    snapshots: Snapshots<D>,
    path: PathBuf,
    file: D::File,
    offset: u64,
    finished: bool,
}

impl<D: Disk> SnapshotReceiver<D> {
    pub(super) fn create(snapshots: Snapshots<D>, mark: SnapshotMark) -> Result<Self, SnapshotError> {
        let path = snapshots.unfinished(mark, "received");
        let file = snapshots.disk.create(&path).map_err(SnapshotError::io("make snapshot", &path))?;
        Ok(Self { snapshots, path, file, offset: 0, finished: false })
    }

    /// How many bytes have arrived.
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// Takes the next bytes of the file.
    ///
    /// # Errors
    /// The disk refused.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), SnapshotError> {
        self.file.write_at(self.offset, bytes).map_err(SnapshotError::io("write snapshot", &self.path))?;
        self.offset += bytes.len() as u64;
        Ok(())
    }

    /// Verifies the whole file, makes it durable and gives it its name.
    ///
    /// # Errors
    /// What arrived is no whole snapshot, or the disk refused; the snapshot is not there then.
    pub fn finish(mut self) -> Result<SnapshotMeta, SnapshotError> {
        self.file.sync_data().map_err(SnapshotError::io("sync snapshot", &self.path))?;
        let meta = SnapshotReader::open(&self.snapshots.disk, &self.path, None)?.verify()?;
        self.snapshots.keep(&self.path, meta.mark())?;
        self.finished = true;
        Ok(meta)
    }
}

impl<D: Disk> Drop for SnapshotReceiver<D> {
    fn drop(&mut self) {
        if !self.finished {
            // What stays is removed when the folder is opened next time.
            let _ = self.snapshots.disk.remove(&self.path);
        }
    }
}
