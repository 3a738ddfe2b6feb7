//! Writing a snapshot as a stream. Knows blocks, not the state in them.

use std::io::{self, Write};
use std::path::PathBuf;

use super::{SnapshotError, SnapshotMeta, Snapshots, format};
use crate::SnapshotMark;
use crate::disk::{Disk, DiskFile};

/// Synced after this many bytes, so that the log's own sync never waits for long behind a large snapshot.
const SYNC_BYTES: u64 = 4 << 20;

/// A snapshot in the making: write the state into it, then [`SnapshotWriter::finish`]. Dropped before that, it is as if it never was.
#[derive(Debug)]
pub struct SnapshotWriter<D: Disk> {
    snapshots: Snapshots<D>,
    mark: SnapshotMark,
    path: PathBuf,
    file: D::File,
    /// The header's checksum, part of every block's.
    header: u32,
    block: Vec<u8>,
    blocks: u64,
    /// Bytes of data in complete blocks.
    length: u64,
    /// Where the next block goes in the file.
    offset: u64,
    synced: u64,
    finished: bool,
}

impl<D: Disk> SnapshotWriter<D> {
    pub(super) fn create(snapshots: Snapshots<D>, meta: &SnapshotMeta) -> Result<Self, SnapshotError> {
        let path = snapshots.unfinished(meta.mark(), "written");
        let file = snapshots.disk.create(&path).map_err(SnapshotError::io("make snapshot", &path))?;
        let (bytes, header) = format::header(meta);
        file.write_at(0, &bytes).map_err(SnapshotError::io("write snapshot", &path))?;
        Ok(Self {
            snapshots,
            mark: meta.mark(),
            path,
            file,
            header,
            block: vec![0; format::BLOCK_HEADER],
            blocks: 0,
            length: 0,
            offset: bytes.len() as u64,
            synced: 0,
            finished: false,
        })
    }

    /// Makes the snapshot complete and durable, and older ones than the second newest disappear.
    ///
    /// # Errors
    /// The disk refused; the snapshot is not there then.
    pub fn finish(mut self) -> Result<SnapshotMark, SnapshotError> {
        self.end().map_err(SnapshotError::io("write snapshot", &self.path))?;
        self.snapshots.keep(&self.path, self.mark)?;
        self.finished = true;
        Ok(self.mark)
    }

    fn end(&mut self) -> io::Result<()> {
        self.write_block()?;
        self.file.write_at(self.offset, &format::end(self.header, self.blocks, self.length))?;
        self.file.sync_data()
    }

    fn write_block(&mut self) -> io::Result<()> {
        let data = self.block.len() - format::BLOCK_HEADER;
        if data == 0 {
            return Ok(());
        }
        format::seal_block(&mut self.block, self.header, self.blocks);
        self.file.write_at(self.offset, &self.block)?;
        self.offset += self.block.len() as u64;
        self.blocks += 1;
        self.length += data as u64;
        self.block.truncate(format::BLOCK_HEADER);
        if self.offset - self.synced >= SYNC_BYTES {
            self.file.sync_data()?;
            self.synced = self.offset;
        }
        Ok(())
    }
}

impl<D: Disk> Write for SnapshotWriter<D> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = format::BLOCK_HEADER + format::BLOCK - self.block.len();
        let count = room.min(bytes.len());
        self.block.extend_from_slice(&bytes[..count]);
        if count == room {
            self.write_block()?;
        }
        Ok(count)
    }

    /// Does nothing: a block is written when it is full, and the last one by [`SnapshotWriter::finish`].
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<D: Disk> Drop for SnapshotWriter<D> {
    fn drop(&mut self) {
        if !self.finished {
            // What stays is removed when the folder is opened next time.
            let _ = self.snapshots.disk.remove(&self.path);
        }
    }
}
