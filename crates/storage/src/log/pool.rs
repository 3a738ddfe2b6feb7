//! Segments before and after their use: made ready ahead of need, recycled after compaction. Knows no frames.
//!
//! The writer takes a ready segment; the helper ([`Preparer`]) makes the next one in small steps. When the helper is late or absent, the
//! writer does the rest of its work itself: slower, never wrong.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::{Condvar, Mutex};

use super::batch::LogOptions;
use super::error::LogError;
use super::segment::{self, Segment, UNFINISHED};
use crate::disk::{Disk, DiskFile};

/// Freed segments kept for reuse; with the one in use, the ready one and one that is not compacted yet they make four on disk.
const FREE_KEPT: usize = 1;

pub(super) struct Pool<D: Disk> {
    disk: D,
    folder: PathBuf,
    options: LogOptions,
    shelf: Mutex<Shelf<D::File>>,
    /// Held during a step, so that writer and helper never work on the same file.
    job: Mutex<Option<Job<D::File>>>,
    wake: Condvar,
}

struct Shelf<F> {
    ready: Option<Segment<F>>,
    /// Generations that are not needed any more, still under their names, oldest first.
    free: VecDeque<u64>,
    next_generation: u64,
    next_size: u64,
    closed: bool,
    /// A step failed: what its names and bytes are on disk is unknown, so nothing more is built upon them.
    failed: bool,
}

/// A segment in the making, named [`UNFINISHED`].
struct Job<F> {
    file: F,
    generation: u64,
    size: u64,
    written: u64,
}

impl<D: Disk> Pool<D> {
    /// A pool whose next segment has this generation.
    pub(super) fn new(disk: D, folder: &Path, options: LogOptions, next_generation: u64) -> Self {
        Self {
            disk,
            folder: folder.to_owned(),
            options,
            shelf: Mutex::new(Shelf {
                ready: None,
                free: VecDeque::new(),
                next_generation,
                next_size: options.first_segment_bytes,
                closed: false,
                failed: false,
            }),
            job: Mutex::new(None),
            wake: Condvar::new(),
        }
    }

    /// Hands in an empty segment that was found at opening.
    pub(super) fn put_ready(&self, segment: Segment<D::File>) {
        let mut shelf = self.shelf.lock();
        shelf.next_generation = segment.generation + 1;
        shelf.ready = Some(segment);
    }

    /// The next segment; made here and now when it is not ready. The one after it will be twice as large, up to the limit.
    pub(super) fn take(&self) -> Result<Segment<D::File>, LogError> {
        loop {
            let mut shelf = self.shelf.lock();
            if let Some(segment) = shelf.ready.take() {
                shelf.next_size = self.size_after(segment.size);
                self.wake.notify_all();
                return Ok(segment);
            }
            drop(shelf);
            self.step()?;
        }
    }

    fn size_after(&self, size: u64) -> u64 {
        let (least, most) = (self.options.first_segment_bytes, self.options.last_segment_bytes);
        (size * 2).clamp(least, most.max(least))
    }

    /// The segment found in use at opening: the next one follows it.
    pub(super) fn follow(&self, generation: u64, size: u64) {
        let mut shelf = self.shelf.lock();
        shelf.next_generation = generation + 1;
        shelf.next_size = self.size_after(size);
    }

    /// Gives back a segment that nothing needs. Call it for the oldest first.
    pub(super) fn free(&self, generation: u64) {
        self.shelf.lock().free.push_back(generation);
        self.wake.notify_all();
    }

    /// Ends the helper.
    pub(super) fn close(&self) {
        self.shelf.lock().closed = true;
        self.wake.notify_all();
    }

    /// Freed segments that still lie on disk, and whether one is ready.
    pub(super) fn spare(&self) -> usize {
        let shelf = self.shelf.lock();
        shelf.free.len() + usize::from(shelf.ready.is_some())
    }

    /// One small piece of work.
    pub(super) fn step(&self) -> Result<Progress, LogError> {
        let mut job = self.job.lock();
        if self.shelf.lock().failed {
            return Err(LogError::Stopped(self.folder.clone()));
        }
        let done = self.work(&mut job);
        if done.is_err() {
            self.shelf.lock().failed = true;
        }
        done
    }

    fn work(&self, job: &mut Option<Job<D::File>>) -> Result<Progress, LogError> {
        match job.take() {
            None => {
                let Some(work) = self.next_work() else { return Ok(Progress::Idle) };
                *job = self.begin(work)?;
            }
            Some(mut current) if current.written < current.size => {
                self.fill(&mut current)?;
                *job = Some(current);
            }
            Some(done) => self.finish(done)?,
        }
        Ok(Progress::More)
    }

    fn next_work(&self) -> Option<Work> {
        let mut shelf = self.shelf.lock();
        if shelf.ready.is_none() {
            let recycled = shelf.free.pop_front();
            return Some(Work::Make { recycled, generation: shelf.next_generation, size: shelf.next_size });
        }
        (shelf.free.len() > FREE_KEPT).then(|| shelf.free.pop_front()).flatten().map(Work::Remove)
    }

    fn begin(&self, work: Work) -> Result<Option<Job<D::File>>, LogError> {
        match work {
            Work::Remove(generation) => {
                let path = segment::path(&self.folder, generation);
                self.disk.remove(&path).map_err(LogError::io("remove log file", &path))?;
                self.sync_folder()?;
                Ok(None)
            }
            Work::Make { recycled, generation, size } => {
                let path = self.folder.join(UNFINISHED);
                let file = match recycled {
                    Some(old) => self.reuse(&segment::path(&self.folder, old), &path)?,
                    None => self.disk.create(&path).map_err(LogError::io("make log file", &path))?,
                };
                let length = file.length().map_err(LogError::io("look at log file", &path))?;
                if length > size {
                    file.set_len(size).map_err(LogError::io("shorten log file", &path))?;
                }
                Ok(Some(Job { file, generation, size, written: length.min(size) }))
            }
        }
    }

    /// The old name must be gone for good before the bytes change.
    fn reuse(&self, old: &Path, path: &Path) -> Result<D::File, LogError> {
        self.disk.rename(old, path).map_err(LogError::io("recycle log file", old))?;
        self.sync_folder()?;
        self.disk.open(path).map_err(LogError::io("open log file", path))
    }

    fn fill(&self, job: &mut Job<D::File>) -> Result<(), LogError> {
        static ZEROS: [u8; 64 << 10] = [0; 64 << 10];
        let path = self.folder.join(UNFINISHED);
        let end = job.size.min(job.written + self.options.prepare_step_bytes.max(1) as u64);
        while job.written < end {
            let count = ZEROS.len().min((end - job.written) as usize);
            job.file.write_at(job.written, &ZEROS[..count]).map_err(LogError::io("fill log file", &path))?;
            job.written += count as u64;
        }
        job.file.sync_data().map_err(LogError::io("sync log file", &path))
    }

    fn finish(&self, job: Job<D::File>) -> Result<(), LogError> {
        let unfinished = self.folder.join(UNFINISHED);
        let header = segment::header(job.generation);
        job.file.write_at(0, &header).map_err(LogError::io("begin log file", &unfinished))?;
        job.file.sync_data().map_err(LogError::io("sync log file", &unfinished))?;
        let path = segment::path(&self.folder, job.generation);
        self.disk.rename(&unfinished, &path).map_err(LogError::io("name log file", &path))?;
        self.sync_folder()?;
        self.put_ready(Segment { generation: job.generation, file: Arc::new(job.file), size: job.size });
        Ok(())
    }

    fn sync_folder(&self) -> Result<(), LogError> {
        self.disk.sync_dir(&self.folder).map_err(LogError::io("sync log folder", &self.folder))
    }

    fn wait(&self) -> bool {
        let mut shelf = self.shelf.lock();
        while !shelf.closed && shelf.ready.is_some() && shelf.free.len() <= FREE_KEPT {
            self.wake.wait(&mut shelf);
        }
        !shelf.closed
    }
}

/// What a step begins.
enum Work {
    /// A segment, from the file of a freed generation or from nothing.
    Make { recycled: Option<u64>, generation: u64, size: u64 },
    /// The end of a freed generation.
    Remove(u64),
}

/// Whether a step found something to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Something was done; there may be more.
    More,
    /// A segment is ready and nothing is to be removed.
    Idle,
}

/// Makes segments ready in the background, so that the writer never waits for one.
///
/// Give it a thread that calls [`Preparer::run`]. In a simulation call [`Preparer::step`] where it suits; a log without any helper works
/// too, the writer then does the steps when it needs a segment.
pub struct Preparer<D: Disk> {
    pub(super) pool: Arc<Pool<D>>,
}

impl<D: Disk> Preparer<D> {
    /// Does one small piece of work: at most [`LogOptions::prepare_step_bytes`] and two syncs.
    ///
    /// # Errors
    /// The disk refused. The log goes on until its segment is full and stops then.
    pub fn step(&self) -> Result<Progress, LogError> {
        self.pool.step()
    }

    /// Works until the log is dropped; sleeps while there is nothing to do.
    ///
    /// # Errors
    /// As [`Preparer::step`]; the helper's thread ends with it.
    pub fn run(self) -> Result<(), LogError> {
        while self.pool.wait() {
            self.pool.step()?;
        }
        Ok(())
    }
}
