//! Reading a snapshot: its contents verified as they stream, or its file as it is for sending. Knows blocks, not the state in them.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::format::{self, Head};
use super::{SnapshotDamage, SnapshotError, SnapshotMeta};
use crate::SnapshotMark;
use crate::disk::{Disk, DiskFile};

/// The contents of a snapshot. Reading returns only verified bytes; the end of the stream is reported only when the snapshot is proved to
/// be complete, and damage is an error of kind [`io::ErrorKind::InvalidData`] around a [`SnapshotError`].
#[derive(Debug)]
pub struct SnapshotReader<D: Disk> {
    path: PathBuf,
    file: D::File,
    meta: SnapshotMeta,
    /// The header's checksum, part of every block's.
    header: u32,
    block: Vec<u8>,
    /// How much of the block was handed out.
    taken: usize,
    blocks: u64,
    length: u64,
    /// Where the next block lies in the file.
    offset: u64,
    ended: bool,
}

impl<D: Disk> SnapshotReader<D> {
    pub(super) fn open(disk: &D, path: &Path, expected: Option<SnapshotMark>) -> Result<Self, SnapshotError> {
        let file = disk.open(path).map_err(SnapshotError::io("open snapshot", path))?;
        let read = |bytes: &mut Vec<u8>, length: usize| {
            bytes.resize(length, 0);
            let count = file.read_at(0, bytes).map_err(SnapshotError::io("read snapshot", path))?;
            bytes.truncate(count);
            Ok::<_, SnapshotError>(())
        };
        let mut bytes = Vec::new();
        read(&mut bytes, format::HEADER)?;
        let membership = format::membership_bytes(&bytes).map_err(SnapshotError::damaged(path))?;
        read(&mut bytes, format::HEADER + membership)?;
        let (meta, header) = format::read_header(&bytes).map_err(SnapshotError::damaged(path))?;
        if expected.is_some_and(|mark| mark != meta.mark()) {
            return Err(SnapshotError::damaged(path)(SnapshotDamage::Name));
        }
        Ok(Self {
            path: path.to_owned(),
            file,
            meta,
            header,
            offset: bytes.len() as u64,
            block: Vec::new(),
            taken: 0,
            blocks: 0,
            length: 0,
            ended: false,
        })
    }

    /// What the snapshot says about itself.
    pub const fn meta(&self) -> &SnapshotMeta {
        &self.meta
    }

    /// Reads to the end without keeping anything.
    ///
    /// # Errors
    /// The snapshot is damaged or incomplete, or the disk refused.
    pub fn verify(mut self) -> Result<SnapshotMeta, SnapshotError> {
        while self.next_block()? {}
        Ok(self.meta)
    }

    /// Reads and verifies the next block; `false` when the end was read and verified instead.
    fn next_block(&mut self) -> Result<bool, SnapshotError> {
        if self.ended {
            return Ok(false);
        }
        let mut head = [0; format::BLOCK_HEADER];
        self.read_exactly(self.offset, &mut head, SnapshotDamage::End(self.blocks))?;
        let damage = SnapshotDamage::Block(self.blocks);
        let wrong = || SnapshotError::damaged(&self.path)(damage);
        match format::read_head(&head).ok_or_else(wrong)? {
            Head::End { checksum } => {
                self.end(checksum)?;
                Ok(false)
            }
            Head::Block { length, checksum } => {
                let mut block = std::mem::take(&mut self.block);
                block.resize(length, 0);
                self.read_exactly(self.offset + head.len() as u64, &mut block, damage)?;
                if format::checksum(self.header, self.blocks, length as u32, &block) != checksum {
                    return Err(SnapshotError::damaged(&self.path)(damage));
                }
                self.block = block;
                self.taken = 0;
                self.blocks += 1;
                self.length += length as u64;
                self.offset += (head.len() + length) as u64;
                Ok(true)
            }
        }
    }

    fn end(&mut self, checksum: u32) -> Result<(), SnapshotError> {
        let expected = format::end(self.header, self.blocks, self.length);
        let mut found = [0; format::END];
        self.read_exactly(self.offset, &mut found, SnapshotDamage::End(self.blocks))?;
        let length = self.file.length().map_err(SnapshotError::io("look at snapshot", &self.path))?;
        let whole = found == expected && checksum.to_le_bytes() == found[4..8];
        if !whole || length != self.offset + format::END as u64 {
            return Err(SnapshotError::damaged(&self.path)(SnapshotDamage::End(self.blocks)));
        }
        self.ended = true;
        Ok(())
    }

    fn read_exactly(&self, offset: u64, bytes: &mut [u8], missing: SnapshotDamage) -> Result<(), SnapshotError> {
        let count = self.file.read_at(offset, bytes).map_err(SnapshotError::io("read snapshot", &self.path))?;
        if count == bytes.len() { Ok(()) } else { Err(SnapshotError::damaged(&self.path)(missing)) }
    }
}

impl<D: Disk> Read for SnapshotReader<D> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.block.len() {
            let more = self.next_block().map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
            if !more {
                return Ok(0);
            }
        }
        let count = bytes.len().min(self.block.len() - self.taken);
        bytes[..count].copy_from_slice(&self.block[self.taken..self.taken + count]);
        self.taken += count;
        Ok(count)
    }
}

/// A snapshot's file as it is, to be sent to a server that verifies it itself. It stays readable when it is removed meanwhile.
#[derive(Debug)]
pub struct RawSnapshot<D: Disk> {
    path: PathBuf,
    file: D::File,
    length: u64,
}

impl<D: Disk> RawSnapshot<D> {
    pub(super) fn open(disk: &D, path: &Path) -> Result<Self, SnapshotError> {
        let file = disk.open(path).map_err(SnapshotError::io("open snapshot", path))?;
        let length = file.length().map_err(SnapshotError::io("look at snapshot", path))?;
        Ok(Self { path: path.to_owned(), file, length })
    }

    /// Bytes of the file.
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// Reads from this offset until the buffer is full or the file ends; returns how many bytes were read.
    ///
    /// # Errors
    /// The disk refused.
    pub fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, SnapshotError> {
        self.file.read_at(offset, buffer).map_err(SnapshotError::io("read snapshot", &self.path))
    }
}
