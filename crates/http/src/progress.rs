//! Whether a client keeps a connection busy without getting on: a request that takes too long to arrive, an answer that is
//! not taken. Waiting for the next request, and waiting for an answer, are neither; but who is silent for a while is told to
//! rest, so that its connection can be kept without buffers.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use proconsul_base::limit;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;

/// Seconds since the door was opened, moved on by the one who looks for stuck clients; begins at 1.
#[derive(Debug)]
pub(crate) struct Clock(AtomicU64);

impl Clock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(AtomicU64::new(1)))
    }

    pub(crate) fn now(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Another second is over.
    pub(crate) fn advance(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// What one connection waits for, in the door's seconds; 0 when it does not wait for its client.
#[derive(Debug)]
pub(crate) struct Progress {
    clock: Arc<Clock>,
    is_working: AtomicBool,
    reading_since: AtomicU64,
    stalled_since: AtomicU64,
    silent_since: AtomicU64,
    rest: Notify,
}

impl Progress {
    pub(crate) fn new(clock: Arc<Clock>) -> Self {
        let (reading_since, stalled_since) = (AtomicU64::new(0), AtomicU64::new(0));
        let silent_since = AtomicU64::new(clock.now());
        Self {
            clock,
            is_working: AtomicBool::new(false),
            reading_since,
            stalled_since,
            silent_since,
            rest: Notify::new(),
        }
    }

    /// The second it is.
    pub(crate) fn now(&self) -> u64 {
        self.clock.now()
    }

    /// A request is here; the client may wait as long as the answer takes.
    pub(crate) fn working(&self) {
        self.reading_since.store(0, Ordering::Relaxed);
        self.is_working.store(true, Ordering::Relaxed);
    }

    /// The body is needed now.
    pub(crate) fn reading(&self) {
        self.is_working.store(false, Ordering::Relaxed);
    }

    /// The answer is ready; the client may be silent until its next request.
    pub(crate) fn answered(&self) {
        self.reading_since.store(0, Ordering::Relaxed);
        self.is_working.store(false, Ordering::Relaxed);
        self.silent_since.store(self.clock.now(), Ordering::Relaxed);
    }

    /// Whether nothing is under way in either direction.
    pub(crate) fn is_silent(&self) -> bool {
        !self.is_working.load(Ordering::Relaxed)
            && self.reading_since.load(Ordering::Relaxed) == 0
            && self.stalled_since.load(Ordering::Relaxed) == 0
    }

    /// Tells a client's connection to rest when nothing has been under way for a while.
    pub(crate) fn rest_if_silent(&self, now: u64) {
        let since = self.silent_since.load(Ordering::Relaxed);
        if since > 0 && self.is_silent() && now.saturating_sub(since) > limit::HTTP_SILENT_SECS {
            // Told once for each silence.
            self.silent_since.store(0, Ordering::Relaxed);
            self.rest.notify_one();
        }
    }

    /// Returns when the connection is to rest.
    pub(crate) async fn told_to_rest(&self) {
        self.rest.notified().await;
    }

    /// Whether the client has had its time.
    pub(crate) fn is_stuck(&self, now: u64) -> bool {
        let over = |since: u64, secs| since > 0 && now.saturating_sub(since) > secs;
        over(self.reading_since.load(Ordering::Relaxed), limit::HTTP_REQUEST_SECS)
            || over(self.stalled_since.load(Ordering::Relaxed), limit::HTTP_STALLED_SECS)
    }

    fn received(&self) {
        if !self.is_working.load(Ordering::Relaxed) && self.reading_since.load(Ordering::Relaxed) == 0 {
            self.reading_since.store(self.clock.now(), Ordering::Relaxed);
        }
    }

    fn taken(&self, was_taken: bool) {
        if was_taken {
            self.stalled_since.store(0, Ordering::Relaxed);
        } else if self.stalled_since.load(Ordering::Relaxed) == 0 {
            self.stalled_since.store(self.clock.now(), Ordering::Relaxed);
        }
    }
}

/// A connection that notes its progress.
pub(crate) struct Observed<'a> {
    /// Read before, to be read again.
    unread: Bytes,
    stream: TcpStream,
    progress: &'a Progress,
}

impl<'a> Observed<'a> {
    pub(crate) fn new(stream: TcpStream, progress: &'a Progress) -> Self {
        Self { unread: Bytes::new(), stream, progress }
    }

    pub(crate) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// Puts bytes back in front.
    pub(crate) fn with_unread(self, unread: Bytes) -> Self {
        Self { unread, ..self }
    }

    fn note(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.progress.taken(written.is_ready());
        written
    }
}

impl AsyncRead for Observed<'_> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if !self.unread.is_empty() {
            let length = self.unread.len().min(to.remaining());
            to.put_slice(&self.unread.split_to(length));
            return Poll::Ready(Ok(()));
        }
        ready!(Pin::new(&mut self.stream).poll_read(cx, to))?;
        self.progress.received();
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Observed<'_> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, from);
        self.note(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        from: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, from);
        self.note(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::Waker;

    use super::*;

    fn pass(clock: &Clock, secs: u64) -> u64 {
        (0..secs).map(|_| clock.advance()).last().unwrap_or_else(|| clock.now())
    }

    #[test]
    fn a_request_must_arrive_in_time_however_busily_it_drips() {
        let clock = Clock::new();
        let progress = Progress::new(clock.clone());
        assert!(!progress.is_stuck(pass(&clock, 1000)), "silence before a request is fine");
        progress.received();
        assert!(!progress.is_stuck(pass(&clock, limit::HTTP_REQUEST_SECS)));
        progress.received();
        assert!(progress.is_stuck(pass(&clock, 1)));
    }

    #[test]
    fn an_answer_may_take_long_and_its_body_may_not() {
        let clock = Clock::new();
        let progress = Progress::new(clock.clone());
        progress.received();
        progress.working();
        progress.received();
        assert!(!progress.is_stuck(pass(&clock, 1000)));
        progress.reading();
        progress.received();
        assert!(progress.is_stuck(pass(&clock, limit::HTTP_REQUEST_SECS + 1)));
        progress.answered();
        assert!(!progress.is_stuck(clock.now()));
    }

    #[test]
    fn silence_is_told_to_rest_once_and_work_is_not() {
        let clock = Clock::new();
        let progress = Progress::new(clock.clone());
        let told = |secs| {
            progress.rest_if_silent(pass(&clock, secs));
            pin!(progress.told_to_rest()).poll(&mut Context::from_waker(Waker::noop())).is_ready()
        };
        assert!(!told(limit::HTTP_SILENT_SECS));
        assert!(told(1));
        assert!(!told(1000));
        progress.working();
        assert!(!told(1000));
        progress.answered();
        progress.received();
        assert!(!told(1000), "a request has begun");
        progress.answered();
        assert!(told(limit::HTTP_SILENT_SECS + 1));
    }

    #[test]
    fn an_answer_must_be_taken() {
        let clock = Clock::new();
        let progress = Progress::new(clock.clone());
        progress.taken(false);
        assert!(progress.is_stuck(pass(&clock, limit::HTTP_STALLED_SECS + 1)));
        progress.taken(true);
        assert!(!progress.is_stuck(clock.now()));
    }
}
