//! The thread that writes lines, and the bounded queue before it.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};

use proconsul_base::limit::LOG_LINES;

use super::file::LogFile;

/// Lines on standard output stand indented below the banner, as Consul's do.
const INDENT: &str = "    ";

/// The running log; dropping it writes what is still queued and ends the thread.
#[derive(Debug)]
pub struct Log {
    queue: Queue,
    thread: Option<JoinHandle<()>>,
}

/// What the thread is told.
#[derive(Debug)]
enum Job {
    Line(String),
    Flush(SyncSender<()>),
    Stop,
}

/// Where lines are put. When the writer cannot follow, lines are counted instead of kept, and the count is written later.
#[derive(Clone, Debug)]
pub(super) struct Queue {
    jobs: SyncSender<Job>,
    lost: Arc<AtomicU64>,
}

impl Queue {
    pub(super) fn put(&self, line: String) {
        if let Err(TrySendError::Full(_)) = self.jobs.try_send(Job::Line(line)) {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Log {
    pub(super) fn start(out: impl Write + Send + 'static, file: Option<LogFile>) -> io::Result<Self> {
        let (jobs, queued) = sync_channel(LOG_LINES);
        let queue = Queue { jobs, lost: Arc::default() };
        let writer = Writer { out, file, lost: queue.lost.clone() };
        let thread = thread::Builder::new().name("log".to_owned()).spawn(move || writer.run(&queued))?;
        Ok(Self { queue, thread: Some(thread) })
    }

    pub(super) fn queue(&self) -> Queue {
        self.queue.clone()
    }

    /// Waits until every line that was logged before is written.
    pub fn flush(&self) {
        let (done, wait) = sync_channel(1);
        if self.queue.jobs.send(Job::Flush(done)).is_ok() {
            // An error means that the thread has ended, after which nothing is left to be written.
            let _ = wait.recv();
        }
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        let _ = self.queue.jobs.send(Job::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Writer<W> {
    out: W,
    file: Option<LogFile>,
    lost: Arc<AtomicU64>,
}

impl<W: Write> Writer<W> {
    fn run(mut self, queued: &Receiver<Job>) {
        while let Ok(job) = queued.recv() {
            match job {
                Job::Line(line) => self.line(&line),
                Job::Flush(done) => {
                    let _ = self.out.flush();
                    let _ = done.send(());
                }
                Job::Stop => break,
            }
            let lost = self.lost.swap(0, Ordering::Relaxed);
            if lost > 0 {
                self.line(&format!(
                    "... {lost} lines of the log are lost here: it is written more slowly than it grows"
                ));
            }
        }
        let _ = self.out.flush();
    }

    /// There is nobody to tell when standard output is gone; a file that cannot be written is told on standard output.
    fn line(&mut self, line: &str) {
        let _ = writeln!(self.out, "{INDENT}{line}");
        if let Some(Err(error)) = self.file.as_mut().map(|file| file.write(line)) {
            let _ = writeln!(self.out, "{INDENT}... the line above is missing in the log file: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was written, readable from outside of the thread.
    #[derive(Clone, Default)]
    struct Shared(Arc<parking_lot::Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn flushed_lines_are_written_in_order() {
        let out = Shared::default();
        let log = Log::start(out.clone(), None).unwrap();
        log.queue().put("one".to_owned());
        log.queue().put("two".to_owned());
        log.flush();
        assert_eq!(out.0.lock().as_slice(), b"    one\n    two\n");
        log.queue().put("three".to_owned());
        drop(log);
        assert!(out.0.lock().ends_with(b"    three\n"));
    }
}
