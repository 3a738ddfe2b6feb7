//! Writing a log: streams are cut into lines, lines get their stamp, files are put aside when long.

use std::cell::RefCell;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe::Receiver;
use tokio::sync::watch;

use super::{FILE_BYTES, FILES, file, folder};
use crate::stamp::Stamp;

/// A longer line is written in parts, bytes: what container runtimes use.
const PART_BYTES: usize = 16 * 1024;

/// The open log of one instance.
#[derive(Debug)]
pub(crate) struct LogWriter {
    folder: PathBuf,
    instance: u32,
    file: File,
    /// Of the open file.
    length: u64,
    /// Of all files ever.
    total: u64,
    longest: u64,
}

impl LogWriter {
    /// Opens the log of an instance; logs of instances before the previous one are deleted.
    pub(crate) fn open(pod_dir: &Path, container: &str, instance: u32) -> io::Result<Self> {
        let folder = folder(pod_dir, container);
        DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        forget_old(&folder, instance)?;
        let file = append(&file(&folder, instance, 0))?;
        let length = file.metadata()?.len();
        Ok(Self { folder, instance, file, length, total: length, longest: FILE_BYTES })
    }

    /// The same with files of another length.
    #[cfg(test)]
    pub(super) fn with_files_of(mut self, bytes: u64) -> Self {
        self.longest = bytes;
        self
    }

    /// Writes finished lines; what they amount to with all before, in bytes.
    pub(super) fn write(&mut self, lines: &[u8]) -> io::Result<u64> {
        self.file.write_all(lines)?;
        self.length += lines.len() as u64;
        self.total += lines.len() as u64;
        if self.length >= self.longest {
            self.rotate()?;
        }
        Ok(self.total)
    }

    fn rotate(&mut self) -> io::Result<()> {
        for age in (0..FILES - 1).rev() {
            match fs::rename(file(&self.folder, self.instance, age), file(&self.folder, self.instance, age + 1)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        self.file = append(&file(&self.folder, self.instance, 0))?;
        self.length = 0;
        Ok(())
    }
}

fn append(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).mode(0o600).open(path)
}

fn forget_old(folder: &Path, instance: u32) -> io::Result<()> {
    for entry in fs::read_dir(folder)?.flatten() {
        let name = entry.file_name();
        let of = name.to_string_lossy().split('.').next().and_then(|of| of.parse::<u32>().ok());
        if of.is_some_and(|of| of + 1 < instance) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Copies a container's two streams into its log and tells its length, until both are at their end.
pub(crate) async fn pump(log: LogWriter, stdout: Option<OwnedFd>, stderr: Option<OwnedFd>, grown: watch::Sender<u64>) {
    let log = RefCell::new(log);
    tokio::join!(copy(&log, "stdout", stdout, &grown), copy(&log, "stderr", stderr, &grown));
}

async fn copy(log: &RefCell<LogWriter>, stream: &str, from: Option<OwnedFd>, grown: &watch::Sender<u64>) {
    let Some(mut from) = from.and_then(|from| Receiver::from_owned_fd(from).ok()) else { return };
    let mut cutter = Cutter::new(stream);
    let mut bytes = vec![0; PART_BYTES];
    loop {
        // A pipe that fails has ended as far as its reader can tell.
        let read = from.read(&mut bytes).await.unwrap_or(0);
        let lines = if read == 0 { cutter.finish() } else { cutter.cut(&bytes[..read], SystemTime::now()) };
        // A full disk loses lines rather than stopping the container.
        if let Ok(total) = log.borrow_mut().write(&lines) {
            grown.send_replace(total);
        }
        if read == 0 {
            return;
        }
    }
}

/// Cuts a stream into stamped lines.
pub(super) struct Cutter {
    stream: String,
    rest: Vec<u8>,
}

impl Cutter {
    pub(super) fn new(stream: &str) -> Self {
        Self { stream: stream.to_owned(), rest: Vec::new() }
    }

    /// The lines that these bytes finish, in the form of the log.
    pub(super) fn cut(&mut self, bytes: &[u8], now: SystemTime) -> Vec<u8> {
        let mut lines = Vec::with_capacity(bytes.len() + 64);
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.rest.extend_from_slice(piece);
            if self.rest.last() == Some(&b'\n') {
                self.rest.pop();
                self.flush(&mut lines, now);
            }
        }
        while self.rest.len() >= PART_BYTES {
            let rest = self.rest.split_off(PART_BYTES);
            self.emit(&mut lines, now, 'P');
            self.rest = rest;
        }
        lines
    }

    /// What is left of a line that was never finished.
    pub(super) fn finish(&mut self) -> Vec<u8> {
        let mut lines = Vec::new();
        if !self.rest.is_empty() {
            self.flush(&mut lines, SystemTime::now());
        }
        lines
    }

    /// A finished line, in parts when it is long.
    fn flush(&mut self, lines: &mut Vec<u8>, now: SystemTime) {
        while self.rest.len() > PART_BYTES {
            let rest = self.rest.split_off(PART_BYTES);
            self.emit(lines, now, 'P');
            self.rest = rest;
        }
        self.emit(lines, now, 'F');
    }

    fn emit(&mut self, lines: &mut Vec<u8>, now: SystemTime, tag: char) {
        lines.extend_from_slice(format!("{} {} {tag} ", Stamp(now), self.stream).as_bytes());
        lines.append(&mut self.rest);
        lines.push(b'\n');
    }
}
