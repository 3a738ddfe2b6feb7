//! A whole state as the commands that put it in the place of another.

use std::io::{self, Write};

use proconsul_base::id::RestoreId;
use proconsul_base::limit;

use crate::command::restore::{Finish, RestoreCommand};
use crate::snapshot::{self, SnapshotError};
use crate::store::View;

/// A state written out. Its steps go into the log one after the other; each may be made again when it is not known what became
/// of it.
#[derive(Clone, Debug)]
pub struct Restore {
    finish: Finish,
    parts: Vec<Vec<u8>>,
}

/// Why a state cannot be put in the place of another.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// It could not be read again as it was written: every server would stop at it.
    #[error("the state cannot be kept")]
    Unreadable(#[from] SnapshotError),
    /// It is larger than a restore may be.
    #[error("the state takes {0} bytes; at most {limit} can be restored", limit = limit::RESTORE_BYTES)]
    TooLarge(u64),
}

impl Restore {
    /// Writes a state out and sees that it can be read again.
    pub fn new(id: RestoreId, view: &View) -> Result<Self, RestoreError> {
        let mut parts = Parts::default();
        view.write_to(&mut parts).map_err(SnapshotError::Read)?;
        let Parts { parts, length, checksum } = parts;
        if length > limit::RESTORE_BYTES {
            return Err(RestoreError::TooLarge(length));
        }
        snapshot::read(&mut Reader { parts: &parts, place: 0 })?;
        Ok(Self { finish: Finish { id, length, checksum }, parts })
    }

    /// The steps, the last of which swaps the state in.
    pub fn steps(&self) -> impl Iterator<Item = RestoreCommand<'_>> {
        let id = self.finish.id;
        let parts = self.parts.iter().scan(0, move |end, bytes| {
            let offset = *end;
            *end += bytes.len() as u64;
            Some(RestoreCommand::Part { id, offset, bytes })
        });
        parts.chain([RestoreCommand::Finish(self.finish)])
    }

    /// The step that gives it up.
    pub fn abandon(&self) -> RestoreCommand<'static> {
        RestoreCommand::Abandon(self.finish.id)
    }
}

/// Parts of one size, the last one shorter.
#[derive(Default)]
struct Parts {
    parts: Vec<Vec<u8>>,
    length: u64,
    checksum: u32,
}

impl Write for Parts {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let is_full = |part: &Vec<u8>| part.len() == limit::RESTORE_PART_BYTES;
        if self.parts.last().is_none_or(is_full) {
            self.parts.push(Vec::new());
        }
        let Some(part) = self.parts.last_mut() else { return Ok(0) };
        let count = bytes.len().min(limit::RESTORE_PART_BYTES - part.len());
        part.extend_from_slice(&bytes[..count]);
        self.length += count as u64;
        self.checksum = crc32c::crc32c_append(self.checksum, &bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Reader<'a> {
    parts: &'a [Vec<u8>],
    place: usize,
}

impl io::Read for Reader<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let Some((part, rest)) = self.parts.split_first() else { return Ok(0) };
        let count = (part.len() - self.place).min(to.len());
        to[..count].copy_from_slice(&part[self.place..self.place + count]);
        self.place += count;
        if self.place == part.len() {
            (self.parts, self.place) = (rest, 0);
        }
        Ok(count)
    }
}
