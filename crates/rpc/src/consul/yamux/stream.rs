//! One stream: bytes in, bytes out, each within a window.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::WINDOW_BYTES;
use super::frame::{FIN, Head, Kind, RST};
use super::session::{Shared, wake};

/// Most bytes of one frame: a large message must not keep the small ones of other streams waiting.
const FRAME_BYTES: usize = 32 * 1024;

/// A stream as its connection keeps it.
#[derive(Debug)]
pub(super) struct Pipe {
    received: VecDeque<Bytes>,
    /// What the other end may still send.
    credit: u32,
    /// What was read and not yet given back to it.
    owed: u32,
    /// What may still be sent to it.
    allowance: u32,
    /// The other end sends no more.
    finished: bool,
    /// Nothing goes in either direction any more.
    cut: bool,
    /// This end sends no more.
    closed: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

impl Pipe {
    pub(super) fn new() -> Self {
        Self {
            received: VecDeque::new(),
            credit: WINDOW_BYTES,
            owed: 0,
            allowance: WINDOW_BYTES,
            finished: false,
            cut: false,
            closed: false,
            reader: None,
            writer: None,
        }
    }

    pub(super) fn widen(&mut self, by: u32) {
        self.allowance = self.allowance.saturating_add(by);
        wake(&mut self.writer);
    }

    /// Takes data, unless it is more than may come.
    pub(super) fn take(&mut self, data: Bytes) -> Result<(), ()> {
        self.credit = self.credit.checked_sub(data.len() as u32).ok_or(())?;
        if !data.is_empty() {
            self.received.push_back(data);
            wake(&mut self.reader);
        }
        Ok(())
    }

    pub(super) fn finish(&mut self) {
        self.finished = true;
        wake(&mut self.reader);
        wake(&mut self.writer);
    }

    /// Whether something sent could still be answered.
    fn is_open(&self) -> bool {
        !self.cut && !self.closed && !self.finished
    }

    pub(super) fn cut(&mut self) {
        self.cut = true;
        wake(&mut self.reader);
        wake(&mut self.writer);
    }

    /// What has come, at most so much; `None` while nothing has.
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> Option<usize> {
        let first = self.received.front_mut()?;
        let length = first.len().min(buffer.remaining());
        buffer.put_slice(&first[..length]);
        first.advance(length);
        if first.is_empty() {
            self.received.pop_front();
        }
        self.owed += length as u32;
        Some(length)
    }

    /// What the other end is given back, once that is worth a frame.
    fn give_back(&mut self) -> Option<u32> {
        if self.owed < WINDOW_BYTES / 2 || self.finished {
            return None;
        }
        let owed = std::mem::take(&mut self.owed);
        self.credit += owed;
        Some(owed)
    }
}

/// One stream. Dropping it before both ends are done tells the other end to give up.
#[derive(Debug)]
pub(crate) struct Stream {
    id: u32,
    shared: Arc<Shared>,
}

impl Stream {
    pub(super) fn new(id: u32, shared: Arc<Shared>) -> Self {
        Self { id, shared }
    }

    /// Whether something sent could still be answered.
    pub(crate) fn is_open(&self) -> bool {
        self.shared.state().pipes.get(&self.id).is_some_and(Pipe::is_open)
    }

    fn push(&self, kind: Kind, flags: u16, length: u32, data: &[u8]) {
        self.shared.outgoing.push(Head::new(kind, flags, self.id, length), data);
    }
}

fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionReset, "stream reset")
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let mut state = self.shared.state();
        let Some(pipe) = state.pipes.get_mut(&self.id) else { return Poll::Ready(Err(broken())) };
        let Some(length) = pipe.read(buffer) else {
            if pipe.cut {
                return Poll::Ready(Err(broken()));
            }
            if pipe.finished {
                return Poll::Ready(Ok(()));
            }
            pipe.reader = Some(cx.waker().clone());
            return Poll::Pending;
        };
        let given_back = pipe.give_back();
        state.unread -= length;
        drop(state);
        if let Some(bytes) = given_back {
            self.push(Kind::Window, 0, bytes, &[]);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.shared.outgoing.poll_room(cx));
        let mut state = self.shared.state();
        let Some(pipe) = state.pipes.get_mut(&self.id) else { return Poll::Ready(Err(broken())) };
        if !pipe.is_open() {
            return Poll::Ready(Err(broken()));
        }
        let length = data.len().min(pipe.allowance as usize).min(FRAME_BYTES);
        if length == 0 && !data.is_empty() {
            pipe.writer = Some(cx.waker().clone());
            return Poll::Pending;
        }
        pipe.allowance -= length as u32;
        drop(state);
        self.push(Kind::Data, 0, length as u32, &data[..length]);
        Poll::Ready(Ok(length))
    }

    /// What was written is on its way as soon as the connection takes it.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.shared.state();
        if let Some(pipe) = state.pipes.get_mut(&self.id).filter(|pipe| !pipe.closed && !pipe.cut) {
            pipe.closed = true;
            drop(state);
            self.push(Kind::Window, FIN, 0, &[]);
        }
        Poll::Ready(Ok(()))
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        let Some(pipe) = state.pipes.remove(&self.id) else { return };
        state.unread -= pipe.received.iter().map(Bytes::len).sum::<usize>();
        drop(state);
        let is_over = pipe.cut || pipe.closed;
        match (is_over, pipe.finished) {
            (true, _) => {}
            (false, true) => self.push(Kind::Window, FIN, 0, &[]),
            (false, false) => self.push(Kind::Window, RST, 0, &[]),
        }
    }
}
