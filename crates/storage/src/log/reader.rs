//! Reading entries back while the writer goes on. Knows nothing of how they got there.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use proconsul_base::entry::Entry;
use proconsul_base::index::Index;

use super::error::{Damage, Damaged, ReadError};
use super::extent::Extent;
use super::frame::{self, Header};
use super::record::{Record, Records};
use super::segment;
use super::view::Shared;
use crate::disk::{Disk, DiskFile};

/// Reads entries from the segments; cheap to clone, for any thread.
pub struct LogReader<D: Disk> {
    folder: PathBuf,
    shared: Shared<D::File>,
}

impl<D: Disk> Clone for LogReader<D> {
    fn clone(&self) -> Self {
        Self { folder: self.folder.clone(), shared: Arc::clone(&self.shared) }
    }
}

impl<D: Disk> LogReader<D> {
    pub(super) fn new(folder: &Path, shared: &Shared<D::File>) -> Self {
        Self { folder: folder.to_owned(), shared: Arc::clone(shared) }
    }

    /// The entries from `low` up to but without `high`, cut off before the payloads exceed `max_bytes`; always at least one when
    /// `low < high`.
    ///
    /// # Errors
    /// [`ReadError::Compacted`] and [`ReadError::Unavailable`] when the log does not hold them; the others when the disk fails.
    pub fn entries(&self, low: Index, high: Index, max_bytes: usize) -> Result<Vec<Entry>, ReadError> {
        let mut wanted = Wanted { low, high, room: max_bytes, found: Vec::new() };
        while wanted.low < wanted.high {
            let (extent, file) = self.place(wanted.low, high)?;
            let last = extent.last.min(Index(high.0 - 1));
            let before = wanted.low;
            let read = wanted.read(&*file, &segment::path(&self.folder, extent.generation), extent, last);
            if let Err(error) = read {
                // What was wrong may be no damage but the writer, who replaced or compacted these entries meanwhile.
                if self.place(before, high)?.0 == extent {
                    return Err(error);
                }
                wanted.forget(before);
                continue;
            }
            assert!(wanted.low > before || wanted.low == wanted.high, "a stretch of the log holds what it says");
        }
        Ok(wanted.found)
    }

    fn place(&self, wanted: Index, high: Index) -> Result<(Extent, Arc<D::File>), ReadError> {
        let view = self.shared.read();
        let content = &view.content;
        if wanted < content.first() {
            return Err(ReadError::Compacted { wanted, first: content.first() });
        }
        if high > content.last.next() {
            return Err(ReadError::Unavailable { wanted: Index(high.0 - 1), last: content.last });
        }
        let place = content.extents.find(wanted).and_then(|extent| Some((extent, view.files.get(&extent.generation)?)));
        place
            .map(|(extent, file)| (extent, Arc::clone(file)))
            .ok_or(ReadError::Unavailable { wanted, last: content.last })
    }
}

/// A request half answered.
struct Wanted {
    /// The next index to find.
    low: Index,
    high: Index,
    /// Payload bytes that may still be added.
    room: usize,
    found: Vec<Entry>,
}

impl Wanted {
    /// Takes from one stretch what it holds up to and with `last`.
    fn read(&mut self, file: &impl DiskFile, path: &Path, extent: Extent, last: Index) -> Result<(), ReadError> {
        let mut bytes = vec![0; (extent.end - extent.start) as usize];
        let read = file.read_at(extent.start, &mut bytes);
        let count = read.map_err(|source| ReadError::Io { path: path.to_owned(), source })?;
        bytes.truncate(count);
        let tag = frame::tag(extent.generation);
        let mut at = 0;
        while at < bytes.len() && self.low <= last && self.low < self.high {
            let offset = extent.start + at as u64;
            let damaged = |damage| Damaged { file: path.to_owned(), offset, damage };
            let valid = Header::read(&bytes[at..], tag).and_then(|header| {
                let frame = bytes.get(at..at + header.total())?;
                header.verify(frame, extent.generation, offset).then_some((header, frame))
            });
            let (header, frame) = valid.ok_or_else(|| damaged(Damage::Checksum))?;
            for record in Records::new(&frame[frame::HEADER..frame::HEADER + header.length as usize]) {
                self.take(&record.map_err(damaged)?, last);
            }
            at += header.total();
        }
        Ok(())
    }

    fn take(&mut self, record: &Record<'_>, last: Index) {
        let Record::Entry { index, term, kind, data } = *record else { return };
        if index != self.low || index > last || self.low >= self.high {
            return;
        }
        if data.len() > self.room && !self.found.is_empty() {
            self.high = self.low;
            return;
        }
        self.room = self.room.saturating_sub(data.len());
        self.found.push(Entry { index, term, kind, data: Bytes::copy_from_slice(data) });
        self.low = index.next();
    }

    /// Gives up what was read since this index.
    fn forget(&mut self, from: Index) {
        while self.found.last().is_some_and(|entry| entry.index >= from) {
            self.room += self.found.pop().map_or(0, |entry| entry.data.len());
        }
        self.low = from;
    }
}
