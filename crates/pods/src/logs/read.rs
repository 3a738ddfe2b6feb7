//! Reading a log back: the last lines, those since an instant, and those still to come.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{FILES, file, folder};
use crate::client::{Replies, Shim, ShimError};
use crate::stamp::Stamp;
use crate::status::PodProcesses;

/// Read at once, bytes.
const CHUNK_BYTES: usize = 64 * 1024;

/// What of a log is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogOptions {
    /// Which instance.
    pub which: Which,
    /// Only this many lines from the end (`tailLines`), and those still to come.
    pub tail: Option<usize>,
    /// Only lines written at this instant or later.
    pub since: Option<SystemTime>,
    /// Each line begins with its stamp and a space.
    pub timestamps: bool,
    /// At most this many bytes, counted after `tail`.
    pub limit_bytes: Option<u64>,
    /// Goes on until the instance ends.
    pub follow: bool,
}

/// Which instance of a container.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    /// The one that runs or ran last.
    #[default]
    Current,
    /// The one before (`previous`).
    Previous,
}

/// Why there is no log to read.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The container was never started.
    #[error("container {container:?} has not started yet")]
    NotStarted {
        /// Its name.
        container: String,
    },
    /// No instance came before, or its log is gone.
    #[error("previous terminated container {container:?} not found")]
    NoPrevious {
        /// Its name.
        container: String,
    },
    /// The system refused.
    #[error("cannot read the log of container {container:?}")]
    Read {
        /// Its name.
        container: String,
        /// What it said.
        source: io::Error,
    },
    /// The shim answers, but not to this.
    #[error(transparent)]
    Shim(#[from] ShimError),
}

/// A log being read.
#[derive(Debug)]
pub struct LogReader {
    container: String,
    folder: PathBuf,
    instance: u32,
    options: LogOptions,
    /// Oldest first.
    files: VecDeque<File>,
    /// The end of what was read, when no line ends there.
    rest: Vec<u8>,
    since: Option<String>,
    left: u64,
    follow: Option<Replies>,
}

impl LogReader {
    /// Opens the log of a container, by the pod's folder ([`crate::Host::pod_dir`]).
    pub async fn open(pod_dir: &Path, container: &str, options: LogOptions) -> Result<Self, LogError> {
        let failed = |source| LogError::Read { container: container.to_owned(), source };
        let status = PodProcesses::load(pod_dir).map_err(failed)?;
        let present = status.container(container).map(|container| container.instance);
        let present = present.ok_or_else(|| LogError::NotStarted { container: container.to_owned() })?;
        let no_previous = || LogError::NoPrevious { container: container.to_owned() };
        let instance = match options.which {
            Which::Current => present,
            Which::Previous => present.checked_sub(1).ok_or_else(no_previous)?,
        };
        // Before the first look at the files, so that no growth is missed.
        let follow = if options.follow { follow(pod_dir, container, instance).await? } else { None };
        let folder = folder(pod_dir, container);
        let mut files = open_from(&folder, instance, FILES - 1).map_err(failed)?;
        if files.is_empty() && options.which == Which::Previous {
            return Err(no_previous());
        }
        if let Some(lines) = options.tail {
            skip_to_tail(&mut files, lines).map_err(failed)?;
        }
        let since = options.since.map(|since| Stamp(since).to_string());
        let left = options.limit_bytes.unwrap_or(u64::MAX);
        let container = container.to_owned();
        Ok(Self { container, folder, instance, options, files, rest: Vec::new(), since, left, follow })
    }

    /// The next lines, never empty; `None` at the end, which with `follow` is the end of the instance. Cancel safe.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, LogError> {
        while self.left > 0 {
            let mut lines = match self.read_some() {
                Ok(Some(lines)) => lines,
                Ok(None) if self.follow.is_some() => {
                    self.wait_for_growth().await?;
                    continue;
                }
                Ok(None) => return Ok(None),
                Err(source) => return Err(LogError::Read { container: self.container.clone(), source }),
            };
            lines.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
            self.left -= lines.len() as u64;
            if !lines.is_empty() {
                return Ok(Some(lines));
            }
        }
        Ok(None)
    }

    async fn wait_for_growth(&mut self) -> Result<(), LogError> {
        let Some(follow) = &mut self.follow else { return Ok(()) };
        match follow.next().await {
            Ok(Some(_)) => Ok(()),
            Ok(None) | Err(ShimError::Gone { .. }) => {
                self.follow = None;
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Reads on; `None` at the end of what is there.
    fn read_some(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut bytes = vec![0; CHUNK_BYTES];
        while let Some(file) = self.files.front_mut() {
            let read = file.read(&mut bytes)?;
            if read > 0 {
                self.rest.extend_from_slice(&bytes[..read]);
                return Ok(Some(self.take_lines()));
            }
            if self.files.len() > 1 {
                self.files.pop_front();
            } else if !self.reopen_if_rotated()? {
                return Ok(None);
            }
        }
        self.files = open_from(&self.folder, self.instance, FILES - 1)?;
        if self.files.is_empty() { Ok(None) } else { Ok(Some(Vec::new())) }
    }

    /// When the last file was put aside, goes on with those that came after it.
    fn reopen_if_rotated(&mut self) -> io::Result<bool> {
        let Some(last) = self.files.back() else { return Ok(false) };
        let here = last.metadata()?.ino();
        let is_here = |age: &u32| {
            std::fs::metadata(file(&self.folder, self.instance, *age)).is_ok_and(|found| found.ino() == here)
        };
        match (0..FILES).find(is_here) {
            Some(0) => Ok(false),
            Some(age) => {
                self.files = open_from(&self.folder, self.instance, age - 1)?;
                Ok(true)
            }
            // Rotated away altogether, or deleted with the pod.
            None => {
                self.files = open_from(&self.folder, self.instance, FILES - 1)?;
                Ok(!self.files.is_empty())
            }
        }
    }

    /// The whole lines read so far, as the user sees them.
    fn take_lines(&mut self) -> Vec<u8> {
        let Some(end) = self.rest.iter().rposition(|byte| *byte == b'\n') else { return Vec::new() };
        let after = self.rest.split_off(end + 1);
        let whole = std::mem::replace(&mut self.rest, after);
        let mut shown = Vec::with_capacity(whole.len());
        for line in whole.split_inclusive(|byte| *byte == b'\n') {
            self.show(line, &mut shown);
        }
        shown
    }

    fn show(&self, line: &[u8], shown: &mut Vec<u8>) {
        let mut fields = line.splitn(4, |byte| *byte == b' ');
        let (Some(stamp), Some(_), Some(tag), Some(text)) =
            (fields.next(), fields.next(), fields.next(), fields.next())
        else {
            return;
        };
        if self.since.as_ref().is_some_and(|since| stamp < since.as_bytes()) {
            return;
        }
        if self.options.timestamps {
            shown.extend_from_slice(stamp);
            shown.push(b' ');
        }
        shown.extend_from_slice(if tag == b"P" { text.strip_suffix(b"\n").unwrap_or(text) } else { text });
    }
}

/// The signals of growth of an instance; `None` when its shim is gone.
async fn follow(pod_dir: &Path, container: &str, instance: u32) -> Result<Option<Replies>, LogError> {
    match Shim::new(pod_dir.to_owned()).follow(container, instance).await {
        Ok(replies) => Ok(Some(replies)),
        Err(ShimError::Gone { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Opens an instance's files from this age on, oldest first.
fn open_from(folder: &Path, instance: u32, age: u32) -> io::Result<VecDeque<File>> {
    let mut files = VecDeque::new();
    for age in (0..=age).rev() {
        match File::open(file(folder, instance, age)) {
            Ok(file) => files.push_back(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(files)
}

/// Moves to the place after which only this many finished lines come.
fn skip_to_tail(files: &mut VecDeque<File>, lines: usize) -> io::Result<()> {
    let mut wanted = lines;
    for place in (0..files.len()).rev() {
        let mut text = Vec::new();
        files[place].read_to_end(&mut text)?;
        let start = nth_line_from_end(&text, &mut wanted);
        files[place].seek(SeekFrom::Start(start.unwrap_or(0) as u64))?;
        if start.is_some() {
            files.drain(..place);
            return Ok(());
        }
    }
    Ok(())
}

/// Where the last `wanted` finished lines begin; `None` when there are fewer, and `wanted` is lowered by those there are.
fn nth_line_from_end(text: &[u8], wanted: &mut usize) -> Option<usize> {
    let is_finish = |line: &[u8]| line.splitn(4, |byte| *byte == b' ').nth(2) == Some(b"F");
    let mut end = text.len();
    for line in text.split_inclusive(|byte| *byte == b'\n').rev() {
        if is_finish(line) {
            if *wanted == 0 {
                return Some(end);
            }
            *wanted -= 1;
        }
        end -= line.len();
    }
    None
}
