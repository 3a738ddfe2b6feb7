//! The log's writer: appending and compacting. Knows the order in which things become durable, and keeps it.

use std::path::PathBuf;
use std::sync::Arc;

use proconsul_base::entry::HardState;
use proconsul_base::index::{Index, Term};

use super::batch::Batch;
use super::error::LogError;
use super::extent::Place;
use super::pool::{Pool, Preparer};
use super::reader::LogReader;
use super::segment::{self, Segment};
use super::view::Shared;
use super::{frame, record};
use crate::SnapshotMark;
use crate::disk::{Disk, DiskFile};

/// A buffer that one large batch has blown up is given back down to this many bytes.
const BUFFER_KEPT: usize = 4 << 20;

/// The replicated log. One owner writes; see the [module](super) for the format and the promises.
pub struct Log<D: Disk> {
    pub(super) folder: PathBuf,
    pub(super) pool: Arc<Pool<D>>,
    pub(super) shared: Shared<D::File>,
    pub(super) current: Segment<D::File>,
    /// Where the next frame goes in the current segment.
    pub(super) offset: u64,
    /// How far the current segment is synced.
    pub(super) durable: u64,
    /// Where the segment before the current one ended; `None` when there was none.
    pub(super) previous_end: Option<u64>,
    pub(super) buffer: Vec<u8>,
    pub(super) failed: bool,
}

/// What a log takes on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogSize {
    /// Segments with frames; when this is more than 2, [`Log::compact`] keeps the disk small.
    pub segments: usize,
    /// Segments that are ready or waiting to be recycled.
    pub spare: usize,
    /// Bytes of a segment as it is now; the next one may be twice that.
    pub segment_bytes: u64,
}

impl<D: Disk> Log<D> {
    /// Writes a batch; when this returns, it is on disk (for the one exception see [`Batch`]).
    ///
    /// # Errors
    /// [`LogError::Io`] is fatal: the log refuses any further use. [`LogError::TooLarge`] leaves it as it was.
    pub fn append(&mut self, batch: &Batch<'_>) -> Result<(), LogError> {
        if self.failed {
            return Err(LogError::Stopped(self.folder.clone()));
        }
        let batch = &self.complete(batch);
        let bytes = batch_bytes(batch);
        if bytes == 0 {
            return Ok(());
        }
        if bytes as u64 + u64::from(FRAME_SPARE) > u64::from(u32::MAX) {
            return Err(LogError::TooLarge(bytes as u64));
        }
        let sync = self.check(batch);
        let done = self.write(bytes, sync, |buffer| encode(buffer, batch));
        self.failed = done.is_err();
        let place = done?;
        let mut view = self.shared.write();
        let content = &mut view.content;
        if let Some(state) = batch.hard_state {
            content.hard_state = state;
        }
        if let Some(mark) = batch.snapshot {
            content.install(mark, place.generation);
        }
        content.append(batch.entries, place);
        if let Some(membership) = &batch.membership {
            content.membership = Some(membership.clone());
        }
        drop(view);
        if batch.snapshot.is_some() {
            self.free_segments();
        }
        Ok(())
    }

    /// Forgets the entries up to and with this index and gives back the segments that hold nothing else. Nothing happens when they are
    /// forgotten already. Do it only for entries that a durable snapshot covers.
    ///
    /// # Errors
    /// As [`Log::append`].
    pub fn compact(&mut self, through: Index) -> Result<(), LogError> {
        if self.failed {
            return Err(LogError::Stopped(self.folder.clone()));
        }
        let (mark, hard_state, membership) = {
            let content = &self.shared.read().content;
            assert!(through <= content.last, "compaction never runs ahead of the log");
            let Some(term) = content.term(through).filter(|_| through > content.begin.index) else { return Ok(()) };
            (SnapshotMark { index: through, term }, content.hard_state, content.membership.clone())
        };
        let bytes = record::HARD_STATE_BYTES
            + record::HEADER
            + membership.as_ref().map_or(0, |(_, data)| record::HEADER + data.len());
        let done = self.write(bytes, true, |buffer| {
            record::put_hard_state(buffer, &hard_state);
            membership.iter().for_each(|(index, data)| record::put_membership(buffer, *index, data));
            record::put_compacted(buffer, mark);
        });
        self.failed = done.is_err();
        let place = done?;
        self.shared.write().content.compact(mark, place.generation);
        self.free_segments();
        Ok(())
    }

    /// A handle for reading, for any thread.
    pub fn reader(&self) -> LogReader<D> {
        LogReader::new(&self.folder, &self.shared)
    }

    /// The helper that makes segments ready. One is enough.
    pub fn preparer(&self) -> Preparer<D> {
        Preparer { pool: Arc::clone(&self.pool) }
    }

    /// The oldest index that can be read; one past [`Log::last`] when there is none.
    pub fn first(&self) -> Index {
        self.shared.read().content.first()
    }

    /// The newest index.
    pub fn last(&self) -> Index {
        self.shared.read().content.last
    }

    /// The term of an index from `first() - 1` to `last()`.
    pub fn term(&self, index: Index) -> Option<Term> {
        self.shared.read().content.term(index)
    }

    /// What the log takes on disk.
    pub fn size(&self) -> LogSize {
        LogSize { segments: self.shared.read().files.len(), spare: self.pool.spare(), segment_bytes: self.current.size }
    }

    /// A batch that makes everything before it void repeats what must outlive that.
    fn complete<'a>(&self, batch: &Batch<'a>) -> Batch<'a> {
        let mut batch = batch.clone();
        if batch.snapshot.is_some() {
            let content = &self.shared.read().content;
            batch.hard_state.get_or_insert(content.hard_state);
            batch.membership = batch.membership.or_else(|| content.membership.clone());
        }
        batch
    }

    /// Whether a batch must be synced, after checking what its maker has to keep.
    fn check(&self, batch: &Batch<'_>) -> bool {
        let content = &self.shared.read().content;
        let (begin, last) = batch.snapshot.map_or((content.begin.index, content.last), |mark| (mark.index, mark.index));
        if let Some(oldest) = batch.entries.first() {
            assert!(oldest.index > begin && oldest.index <= last.next(), "a batch of entries continues the log");
            let gapless = batch.entries.windows(2).all(|pair| pair[0].index.next() == pair[1].index);
            assert!(gapless, "the entries of a batch have no gaps");
        }
        let promised = |state: HardState| (state.term, state.vote);
        let promises = batch.hard_state.is_some_and(|state| promised(state) != promised(content.hard_state));
        promises || !batch.entries.is_empty() || batch.membership.is_some() || batch.snapshot.is_some()
    }

    /// Writes one frame; returns where it lies.
    fn write(&mut self, bytes: usize, sync: bool, encode: impl FnOnce(&mut Vec<u8>)) -> Result<Place, LogError> {
        self.buffer.clear();
        self.buffer.shrink_to(BUFFER_KEPT);
        self.buffer.resize(frame::HEADER, 0);
        let fits = self.offset + frame::total(bytes) as u64 <= self.current.size;
        // A frame that is longer than a segment makes its file longer instead.
        if !fits && self.offset > segment::HEADER {
            self.next_segment()?;
        }
        if let (segment::HEADER, Some(end)) = (self.offset, self.previous_end) {
            record::put_continues(&mut self.buffer, end);
        }
        encode(&mut self.buffer);
        frame::seal(&mut self.buffer, self.current.generation, self.offset, self.durable);
        let place = Place {
            generation: self.current.generation,
            start: self.offset,
            end: self.offset + self.buffer.len() as u64,
        };
        let path = || segment::path(&self.folder, self.current.generation);
        self.current
            .file
            .write_at(self.offset, &self.buffer)
            .map_err(|error| LogError::io("write log file", &path())(error))?;
        self.offset = place.end;
        self.current.size = self.current.size.max(self.offset);
        if sync {
            self.sync()?;
        }
        Ok(place)
    }

    /// Makes what was written durable.
    pub(super) fn sync(&mut self) -> Result<(), LogError> {
        let path = || segment::path(&self.folder, self.current.generation);
        self.current.file.sync_data().map_err(|error| LogError::io("sync log file", &path())(error))?;
        self.durable = self.offset;
        Ok(())
    }

    /// Goes on in a new segment, whose first record will tell where this one ended.
    fn next_segment(&mut self) -> Result<(), LogError> {
        if self.durable < self.offset {
            self.sync()?;
        }
        let end = self.offset;
        self.current = self.pool.take()?;
        self.offset = segment::HEADER;
        self.durable = segment::HEADER;
        self.previous_end = Some(end);
        self.shared.write().files.insert(self.current.generation, Arc::clone(&self.current.file));
        Ok(())
    }

    /// Gives back the segments before the oldest one that is needed.
    pub(super) fn free_segments(&mut self) {
        let mut view = self.shared.write();
        let Some(keep) = view.content.oldest_needed() else { return };
        let kept = view.files.split_off(&keep);
        let freed = std::mem::replace(&mut view.files, kept);
        freed.into_keys().for_each(|generation| self.pool.free(generation));
    }
}

impl<D: Disk> Drop for Log<D> {
    fn drop(&mut self) {
        self.pool.close();
    }
}

/// Room for what a frame holds besides the batch: its header, padding, the first record of a segment.
const FRAME_SPARE: u32 = (frame::HEADER + frame::ALIGN + record::HEADER) as u32;

fn batch_bytes(batch: &Batch<'_>) -> usize {
    batch.entries.iter().map(record::entry_bytes).sum::<usize>()
        + batch.hard_state.map_or(0, |_| record::HARD_STATE_BYTES)
        + batch.membership.as_ref().map_or(0, |(_, data)| record::HEADER + data.len())
        + batch.snapshot.map_or(0, |_| record::HEADER)
}

/// The order in which recovery applies them.
fn encode(buffer: &mut Vec<u8>, batch: &Batch<'_>) {
    batch.snapshot.iter().for_each(|mark| record::put_installed(buffer, *mark));
    batch.hard_state.iter().for_each(|state| record::put_hard_state(buffer, state));
    batch.entries.iter().for_each(|entry| record::put_entry(buffer, entry));
    batch.membership.iter().for_each(|(index, data)| record::put_membership(buffer, *index, data));
}
