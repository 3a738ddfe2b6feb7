//! Who hears the log: the writer, at the level of the configuration, and those who listen for a while, each at its own.
//!
//! What nobody hears costs nothing: `tracing` asks once for each place that logs, and again when that changes.

use std::io;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use bytes::Bytes;
use parking_lot::Mutex;
use proconsul_agent::config::LogLevel;
use proconsul_base::limit::LOG_MONITOR_LINES;
use proconsul_calls::pieces::Pieces;
use tokio::sync::mpsc;
use tracing::callsite::rebuild_interest_cache;

use super::line;

/// The log of this process, once it has one.
static ROOM: OnceLock<Arc<Room>> = OnceLock::new();

/// Everybody who hears the log.
#[derive(Debug)]
pub(super) struct Room {
    /// The level of the writer.
    written: AtomicU8,
    /// The lowest level that anybody hears.
    heard: AtomicU8,
    listeners: Mutex<Vec<Arc<Listener>>>,
}

/// Who listens for a while.
#[derive(Debug)]
pub(super) struct Listener {
    pub(super) level: LogLevel,
    pub(super) json: bool,
    lines: mpsc::Sender<Bytes>,
    lost: AtomicU64,
}

impl Room {
    pub(super) fn new(level: LogLevel) -> Arc<Self> {
        let level = AtomicU8::new(level as u8);
        let heard = AtomicU8::new(level.load(Ordering::Relaxed));
        Arc::new(Self { written: level, heard, listeners: Mutex::default() })
    }

    /// Makes this the room of the process; false when there is one.
    pub(super) fn open(self: &Arc<Self>) -> bool {
        ROOM.set(Arc::clone(self)).is_ok()
    }

    /// Whether the writer hears this level.
    pub(super) fn writes(&self, level: LogLevel) -> bool {
        level as u8 >= self.written.load(Ordering::Relaxed)
    }

    /// Whether anybody hears this level.
    pub(super) fn hears(&self, level: LogLevel) -> bool {
        level as u8 >= self.heard.load(Ordering::Relaxed)
    }

    /// Those who listen.
    pub(super) fn each(&self, tell: impl FnMut(&Arc<Listener>)) {
        self.listeners.lock().iter().for_each(tell);
    }

    /// After a change of levels.
    fn listen_anew(&self) {
        let lowest = self.listeners.lock().iter().map(|listener| listener.level as u8).min();
        let written = self.written.load(Ordering::Relaxed);
        let heard = lowest.map_or(written, |lowest| lowest.min(written));
        if self.heard.swap(heard, Ordering::Relaxed) != heard {
            rebuild_interest_cache();
        }
    }
}

impl Listener {
    /// A line, unless there is no room for it.
    pub(super) fn hear(&self, line: &str) {
        if self.lines.try_send(Bytes::from(format!("{line}\n"))).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Changes what is written from now on.
pub(crate) fn set_level(level: LogLevel) {
    if let Some(room) = ROOM.get() {
        room.written.store(level as u8, Ordering::Relaxed);
        room.listen_anew();
    }
}

/// The lines from now on.
pub(crate) fn listen(level: LogLevel, json: bool) -> Lines {
    let (lines, heard) = mpsc::channel(LOG_MONITOR_LINES);
    let listener = Arc::new(Listener { level, json, lines, lost: AtomicU64::new(0) });
    if let Some(room) = ROOM.get() {
        room.listeners.lock().push(Arc::clone(&listener));
        room.listen_anew();
    }
    Lines { listener, heard }
}

/// What a listener hears.
pub(crate) struct Lines {
    listener: Arc<Listener>,
    heard: mpsc::Receiver<Bytes>,
}

impl Pieces for Lines {
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let lost = self.listener.lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            return Poll::Ready(Some(Ok(Bytes::from(line::lost(lost, self.listener.json) + "\n"))));
        }
        self.heard.poll_recv(cx).map(|line| line.map(Ok))
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        if let Some(room) = ROOM.get() {
            room.listeners.lock().retain(|other| !Arc::ptr_eq(other, &self.listener));
            room.listen_anew();
        }
    }
}

#[cfg(test)]
mod tests;
