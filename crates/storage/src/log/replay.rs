//! Reading a segment back: frame by frame, up to the end or to the damage. Changes nothing on disk but a torn tail.

use std::collections::VecDeque;
use std::path::Path;

use bytes::Bytes;
use proconsul_base::entry::Entry;

use super::content::Content;
use super::error::{Damage, Damaged, LogError};
use super::extent::Place;
use super::frame::{self, Header};
use super::record::{Record, Records};
use super::segment::{self, Segment};
use crate::disk::DiskFile;

/// Bytes read at a time; a longer frame is read whole.
const CHUNK: usize = 256 << 10;

/// Reads all segments in order and sums them up.
pub(super) struct Replay {
    pub(super) content: Content,
    pub(super) tail: Tail,
    end_of_previous: Option<End>,
    buffer: Vec<u8>,
}

/// Where a segment's frames end.
#[derive(Clone, Copy, Debug)]
struct End {
    generation: u64,
    offset: u64,
}

impl Replay {
    /// Nothing read yet; keeps up to this many bytes of the newest entries.
    pub(super) fn new(cache_bytes: usize) -> Self {
        Self {
            content: Content::default(),
            tail: Tail { entries: VecDeque::new(), bytes: 0, limit: cache_bytes },
            end_of_previous: None,
            buffer: Vec::new(),
        }
    }

    /// Reads the next segment; returns where its frames end.
    pub(super) fn segment<F: DiskFile>(&mut self, folder: &Path, segment: &Segment<F>) -> Result<u64, LogError> {
        let path = segment::path(folder, segment.generation);
        let damaged = |offset, damage| Damaged { file: path.clone(), offset, damage };
        let buffer = std::mem::take(&mut self.buffer);
        let mut source = Source { file: &*segment.file, path: &path, length: segment.size, buffer, at: u64::MAX };

        let header = source.window(0, segment::HEADER as usize)?;
        segment::check_header(header, segment.generation).map_err(|damage| damaged(0, damage))?;
        let mut offset = segment::HEADER;
        while let Some((header, bytes)) = source.frame(offset, segment.generation)? {
            let end = offset + header.total() as u64;
            let place = Place { generation: segment.generation, start: offset, end };
            let records = &bytes[frame::HEADER..frame::HEADER + header.length as usize];
            for record in Records::new(records) {
                let record = record.map_err(|damage| damaged(offset, damage))?;
                if let Record::Continues { previous_end } = record {
                    self.check_previous(folder, segment.generation, previous_end)?;
                }
                self.content.replay(&record, place, &path)?;
                self.tail.apply(&record);
            }
            offset = end;
        }
        if wipe_torn_tail(&mut source, segment.generation, offset)? {
            return Err(damaged(offset, Damage::Checksum).into());
        }
        self.buffer = source.buffer;
        self.end_of_previous = Some(End { generation: segment.generation, offset });
        Ok(offset)
    }

    /// A segment got its first frame only after the one before was synced up to this end.
    fn check_previous(&self, folder: &Path, generation: u64, end: u64) -> Result<(), Damaged> {
        match self.end_of_previous {
            Some(previous) if previous.generation + 1 == generation && previous.offset != end => Err(Damaged {
                file: segment::path(folder, previous.generation),
                offset: previous.offset,
                damage: Damage::Checksum,
            }),
            _ => Ok(()),
        }
    }
}

/// Looks behind the last valid frame. `true` when a frame there proves that the end had been synced; else makes sure that nothing behind
/// it can be taken for a frame later.
fn wipe_torn_tail<F: DiskFile>(source: &mut Source<'_, F>, generation: u64, end: u64) -> Result<bool, LogError> {
    let tag = frame::tag(generation);
    let mut wiped = false;
    let mut offset = end;
    while offset + (frame::HEADER as u64) <= source.length {
        let window = source.window(offset, CHUNK)?;
        let places = window.len().saturating_sub(frame::HEADER - frame::ALIGN) / frame::ALIGN;
        if places == 0 {
            break;
        }
        let found = (0..places).find(|place| window[place * frame::ALIGN..].starts_with(&tag.to_le_bytes()));
        let Some(place) = found else {
            offset += (places * frame::ALIGN) as u64;
            continue;
        };
        offset += (place * frame::ALIGN) as u64;
        if let Some((header, _)) = source.frame(offset, generation)?
            && header.durable > end
        {
            return Ok(true);
        }
        source.wipe(offset)?;
        wiped = true;
        offset += frame::ALIGN as u64;
    }
    if wiped {
        source.sync()?;
    }
    Ok(false)
}

/// A file with the part of it that was read last.
struct Source<'a, F> {
    file: &'a F,
    path: &'a Path,
    length: u64,
    buffer: Vec<u8>,
    /// Where in the file the buffer's first byte lies.
    at: u64,
}

impl<F: DiskFile> Source<'_, F> {
    /// Up to `want` bytes from this offset; fewer at the end of the file, possibly more when they are at hand.
    fn window(&mut self, offset: u64, want: usize) -> Result<&[u8], LogError> {
        let rest = self.length.saturating_sub(offset);
        let want = rest.min(want as u64) as usize;
        let have = self.at..self.at.saturating_add(self.buffer.len() as u64);
        if !have.contains(&offset) || have.end < offset + want as u64 {
            self.buffer.resize(want.max(rest.min(CHUNK as u64) as usize), 0);
            let count =
                self.file.read_at(offset, &mut self.buffer).map_err(LogError::io("read log file", self.path))?;
            self.buffer.truncate(count);
            self.at = offset;
        }
        Ok(&self.buffer[(offset - self.at) as usize..])
    }

    /// The valid frame at this offset.
    fn frame(&mut self, offset: u64, generation: u64) -> Result<Option<(Header, &[u8])>, LogError> {
        let Some(header) = Header::read(self.window(offset, frame::HEADER)?, frame::tag(generation)) else {
            return Ok(None);
        };
        // A length that leads out of the file is not worth the memory.
        if offset + header.total() as u64 > self.length {
            return Ok(None);
        }
        let window = self.window(offset, header.total())?;
        let valid = window.get(..header.total()).filter(|bytes| header.verify(bytes, generation, offset));
        Ok(valid.map(|bytes| (header, bytes)))
    }

    fn wipe(&mut self, offset: u64) -> Result<(), LogError> {
        self.buffer.clear();
        self.file.write_at(offset, &[0; frame::ALIGN]).map_err(LogError::io("wipe the torn end of log file", self.path))
    }

    fn sync(&self) -> Result<(), LogError> {
        self.file.sync_data().map_err(LogError::io("sync log file", self.path))
    }
}

/// The newest entries, as many as fit.
pub(super) struct Tail {
    entries: VecDeque<Entry>,
    bytes: usize,
    limit: usize,
}

impl Tail {
    fn apply(&mut self, record: &Record<'_>) {
        match *record {
            Record::Entry { index, term, kind, data } => {
                while self.entries.back().is_some_and(|newest| newest.index >= index) {
                    self.bytes -= self.entries.pop_back().map_or(0, |entry| entry.data.len());
                }
                // After a gap, which only the oldest segment may have, what came before is void.
                if self.entries.back().is_some_and(|newest| newest.index.next() != index) {
                    self.clear();
                }
                self.bytes += data.len();
                self.entries.push_back(Entry { index, term, kind, data: Bytes::copy_from_slice(data) });
                while self.bytes > self.limit && self.entries.len() > 1 {
                    self.drop_oldest();
                }
            }
            Record::Installed(_) => self.clear(),
            Record::Compacted(mark) => {
                while self.entries.front().is_some_and(|oldest| oldest.index <= mark.index) {
                    self.drop_oldest();
                }
            }
            Record::HardState(_) | Record::Membership { .. } | Record::Continues { .. } => {}
        }
    }

    fn drop_oldest(&mut self) {
        self.bytes -= self.entries.pop_front().map_or(0, |entry| entry.data.len());
    }

    fn clear(&mut self) {
        self.entries.clear();
        self.bytes = 0;
    }

    /// The entries, oldest first.
    pub(super) fn into_entries(self) -> Vec<Entry> {
        self.entries.into()
    }
}
