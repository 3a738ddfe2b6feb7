//! One file: its bytes, and what was done to them since the last sync.

use std::io;

use proconsul_base::rand::Rng;
use proconsul_storage::disk::DiskFile;

use super::SimDisk;

/// What the unsynced end of a forgetful snapshot is, in bytes.
const TAIL: usize = 24;

/// An open file.
#[derive(Debug)]
pub(crate) struct SimFile {
    disk: SimDisk,
    number: usize,
}

/// A file's contents.
#[derive(Debug, Default)]
pub(super) struct Inode {
    bytes: Vec<u8>,
    unsynced: Vec<Change>,
    forgets_tail: bool,
}

#[derive(Debug)]
enum Change {
    Write { offset: usize, before: Vec<u8>, after: Vec<u8>, grew_from: usize },
    Length { before: Vec<u8>, after: usize, kept: usize },
}

impl Inode {
    pub(super) fn new(forgets_tail: bool) -> Self {
        Self { forgets_tail, ..Self::default() }
    }

    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    fn write(&mut self, offset: usize, bytes: &[u8]) {
        let end = offset + bytes.len();
        let grew_from = self.bytes.len();
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        let place = &mut self.bytes[offset..end];
        self.unsynced.push(Change::Write { offset, before: place.to_vec(), after: bytes.to_vec(), grew_from });
        place.copy_from_slice(bytes);
    }

    fn set_length(&mut self, length: usize) {
        let kept = length.min(self.bytes.len());
        let before = self.bytes[kept..].to_vec();
        self.bytes.resize(length, 0);
        self.unsynced.push(Change::Length { before, after: length, kept });
    }

    fn sync(&mut self) {
        if self.forgets_tail {
            let length = self.bytes.len().saturating_sub(TAIL);
            self.unsynced.retain(
                |change| matches!(change, Change::Write { offset, after, .. } if offset + after.len() > length),
            );
        } else {
            self.unsynced.clear();
        }
    }

    /// Goes back to what was synced, then does a random part of what came after. Answers how much was lost.
    pub(super) fn crash(&mut self, rng: &mut Rng) -> u64 {
        if self.unsynced.is_empty() {
            return 0;
        }
        let changes = std::mem::take(&mut self.unsynced);
        for change in changes.iter().rev() {
            change.undo(&mut self.bytes);
        }
        let mut lost = 0;
        for change in &changes {
            let survives = rng.chance(1, 2);
            lost += u64::from(!survives);
            if survives {
                change.redo(&mut self.bytes, rng);
            }
        }
        lost
    }
}

impl Change {
    fn undo(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Write { offset, before, grew_from, .. } => {
                bytes[*offset..*offset + before.len()].copy_from_slice(before);
                bytes.truncate(*grew_from);
            }
            Self::Length { before, kept, .. } => {
                bytes.truncate(*kept);
                bytes.extend_from_slice(before);
            }
        }
    }

    fn redo(&self, bytes: &mut Vec<u8>, rng: &mut Rng) {
        match self {
            Self::Write { offset, after, .. } => {
                // Torn: some stretch of it reached the disk.
                let (from, to) = if rng.chance(1, 2) {
                    (0, after.len())
                } else {
                    let (one, other) = (rng.place(after.len() + 1), rng.place(after.len() + 1));
                    (one.min(other), one.max(other))
                };
                if bytes.len() < offset + to {
                    bytes.resize(offset + to, 0);
                }
                bytes[offset + from..offset + to].copy_from_slice(&after[from..to]);
            }
            Self::Length { after, .. } => bytes.resize(*after, 0),
        }
    }
}

impl SimFile {
    pub(super) fn new(disk: SimDisk, number: usize) -> Self {
        Self { disk, number }
    }

    fn change<T>(&self, change: impl FnOnce(&mut Inode) -> T) -> io::Result<T> {
        let mut tree = self.disk.tree();
        tree.burn()?;
        Ok(change(&mut tree.files[self.number]))
    }
}

impl DiskFile for SimFile {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let tree = self.disk.tree();
        let bytes = tree.files[self.number].bytes.get(offset as usize..).unwrap_or_default();
        let count = bytes.len().min(buffer.len());
        buffer[..count].copy_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.change(|file| file.write(offset as usize, bytes))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.change(Inode::sync)
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.change(|file| file.set_length(length as usize))
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.disk.tree().files[self.number].bytes.len() as u64)
    }

    fn try_lock(&self) -> io::Result<bool> {
        Ok(true)
    }
}
