//! Opening a log: which segments there are, what they say, where the writer goes on. Knows what recovery does around [`Replay`].

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use parking_lot::RwLock;
use proconsul_base::index::Index;

use super::batch::{LogOptions, Recovered};
use super::content::Content;
use super::error::{Damage, Damaged, LogError};
use super::pool::Pool;
use super::replay::Replay;
use super::segment::{self, Segment, UNFINISHED};
use super::view::View;
use super::writer::Log;
use crate::disk::{Disk, DiskFile, make_folder};

/// The segments on disk with the ends of their frames, oldest first.
type Found<D> = Vec<(Segment<<D as Disk>::File>, u64)>;

impl<D: Disk> Log<D> {
    /// Opens the log in this folder, or begins one where there is none.
    ///
    /// # Errors
    /// [`LogError::Damaged`] when the files do not hold what was promised, [`LogError::Io`] when the disk refuses.
    pub fn open(disk: D, folder: &Path, options: LogOptions) -> Result<(Self, Recovered), LogError> {
        make_folder(&disk, folder).map_err(LogError::io("make log folder", folder))?;
        let generations = generations(&disk, folder)?;
        let mut replay = Replay::new(options.cache_bytes);
        let mut segments = Vec::new();
        for &generation in &generations {
            let path = segment::path(folder, generation);
            let file = disk.open(&path).map_err(LogError::io("open log file", &path))?;
            let size = file.length().map_err(LogError::io("look at log file", &path))?;
            let segment = Segment { generation, file: Arc::new(file), size };
            let end = replay.segment(folder, &segment)?;
            segments.push((segment, end));
        }
        let missing = generations.first().filter(|oldest| **oldest > 1).map(|oldest| segment::path(folder, oldest - 1));
        replay.content.finish_replay(missing)?;
        let created = segments.is_empty();
        let mut recovered = recovered(&replay.content, created);
        recovered.entries = replay.tail.into_entries();
        let pool = Arc::new(Pool::new(disk, folder, options, 1));
        let log = Self::resume(folder, pool, replay.content, segments)?;
        Ok((log, recovered))
    }

    fn resume(folder: &Path, pool: Arc<Pool<D>>, content: Content, mut found: Found<D>) -> Result<Self, LogError> {
        // The newest segment may be one that was made ready and not used.
        let unused = found.len() > 1 && found.last().is_some_and(|(_, end)| *end == segment::HEADER);
        let ready = if unused { found.pop() } else { None };
        let mut files: BTreeMap<_, _> =
            found.iter().map(|(segment, _)| (segment.generation, Arc::clone(&segment.file))).collect();
        let newest = found.pop();
        if let Some((segment, _)) = &newest {
            pool.follow(segment.generation, segment.size);
        }
        if let Some((segment, _)) = ready {
            pool.put_ready(segment);
        }
        let (current, offset) = newest.map_or_else(|| pool.take().map(|fresh| (fresh, segment::HEADER)), Ok)?;
        files.insert(current.generation, Arc::clone(&current.file));
        let mut log = Self {
            folder: folder.to_owned(),
            pool,
            shared: Arc::new(RwLock::new(View { content, files })),
            current,
            offset,
            durable: segment::HEADER,
            previous_end: found.last().map(|(_, end)| *end),
            buffer: Vec::new(),
            failed: false,
        };
        // After a kill the last batches may have been read back from memory only: what recovery reports must be on disk.
        log.sync()?;
        log.free_segments();
        Ok(log)
    }
}

/// The generations on disk, oldest first; removes what was left of a segment in the making.
fn generations<D: Disk>(disk: &D, folder: &Path) -> Result<Vec<u64>, LogError> {
    let names = disk.list(folder).map_err(LogError::io("list log folder", folder))?;
    if names.iter().any(|name| name == UNFINISHED) {
        let path = folder.join(UNFINISHED);
        disk.remove(&path).map_err(LogError::io("remove unfinished log file", &path))?;
        disk.sync_dir(folder).map_err(LogError::io("sync log folder", folder))?;
    }
    let mut found: Vec<u64> = names.iter().filter_map(|name| segment::generation_of(name)).collect();
    found.sort_unstable();
    match found.windows(2).find(|pair| pair[0] + 1 != pair[1]) {
        Some(pair) => {
            let file = segment::path(folder, pair[0] + 1);
            Err(Damaged { file, offset: 0, damage: Damage::Missing }.into())
        }
        None => Ok(found),
    }
}

fn recovered(content: &Content, created: bool) -> Recovered {
    Recovered {
        created,
        hard_state: content.hard_state,
        membership: content.membership.clone(),
        snapshot: (content.begin.index > Index::ZERO).then_some(content.begin),
        entries: Vec::new(),
        first: content.first(),
        last: content.last,
        terms: content.terms(),
    }
}
