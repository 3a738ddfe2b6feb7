//! What a connection's streams share, and the task that reads its frames.

use std::collections::HashMap;
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use parking_lot::{Mutex, MutexGuard};
use proconsul_base::limit;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use super::WINDOW_BYTES;
use super::frame::{ACK, FIN, HEAD_BYTES, Head, Kind, RST, SYN, YamuxError};
use super::outgoing::Outgoing;
use super::stream::{Pipe, Stream};

/// How often the other end is asked whether it is there, and how long it may take to say so: as in Consul.
const PING_EVERY: Duration = Duration::from_secs(30);
const PING_PATIENCE: Duration = Duration::from_secs(10);

/// Room that is made for one read.
const READ_BYTES: usize = 32 * 1024;

/// Which end of a connection this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The one that dialled: its streams are odd.
    Asking,
    /// The other: even.
    Answering,
}

impl Side {
    /// Whether the other end may open this stream.
    fn is_theirs(self, stream: u32) -> bool {
        stream != 0 && (stream % 2 == 1) == (self == Self::Answering)
    }
}

#[derive(Debug)]
pub(super) struct Shared {
    side: Side,
    pub(super) outgoing: Outgoing,
    answered: Notify,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) pipes: HashMap<u32, Pipe>,
    /// Bytes that have come and that nobody has read, of all streams.
    pub(super) unread: usize,
    next: u32,
    over: bool,
    goes_away: bool,
}

impl Shared {
    pub(super) fn new(side: Side) -> Arc<Self> {
        let next = if side == Side::Asking { 1 } else { 2 };
        let state = Mutex::new(State { next, ..State::default() });
        Arc::new(Self { side, outgoing: Outgoing::default(), answered: Notify::new(), state })
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    /// Opens a stream: its number.
    pub(super) fn open(&self) -> Option<u32> {
        let mut state = self.state();
        if state.over || state.goes_away || state.pipes.len() >= limit::CONSUL_STREAMS {
            return None;
        }
        let id = state.next;
        state.next = id.checked_add(2)?;
        state.pipes.insert(id, Pipe::new());
        drop(state);
        self.outgoing.push(Head::new(Kind::Window, SYN, id, 0), &[]);
        Some(id)
    }

    pub(super) fn takes_no_more(&self) -> bool {
        let state = self.state();
        state.over || state.goes_away
    }

    /// Ends all streams: nothing comes any more.
    fn end(&self) {
        let mut state = self.state();
        state.over = true;
        state.pipes.values_mut().for_each(Pipe::cut);
        drop(state);
        self.outgoing.close();
    }

    /// Takes a frame's head; whether its stream is new.
    fn take(&self, head: Head) -> Result<bool, YamuxError> {
        match head.kind {
            Kind::Ping if head.has(SYN) => self.outgoing.push(Head::new(Kind::Ping, ACK, 0, head.length), &[]),
            Kind::Ping => self.answered.notify_one(),
            Kind::GoAway => self.state().goes_away = true,
            Kind::Data | Kind::Window => return self.take_of_stream(head),
        }
        Ok(false)
    }

    fn take_of_stream(&self, head: Head) -> Result<bool, YamuxError> {
        let mut state = self.state();
        let mut is_new = false;
        if head.has(SYN) {
            if !self.side.is_theirs(head.stream) || state.pipes.contains_key(&head.stream) {
                return Err(YamuxError::Open(head.stream));
            }
            is_new = state.pipes.len() < limit::CONSUL_STREAMS;
            let answer = if is_new { ACK } else { RST };
            self.outgoing.push(Head::new(Kind::Window, answer, head.stream, 0), &[]);
            if is_new {
                state.pipes.insert(head.stream, Pipe::new());
            }
        }
        // Frames that were under way when a stream was given up have no stream any more.
        let Some(pipe) = state.pipes.get_mut(&head.stream) else { return Ok(false) };
        if head.kind == Kind::Window {
            pipe.widen(head.length);
        }
        Ok(is_new)
    }

    /// Takes the data of a frame, and what its flags say about the end of the stream.
    fn take_data(&self, head: Head, data: Bytes) -> Result<(), YamuxError> {
        let mut state = self.state();
        let length = data.len();
        let Some(pipe) = state.pipes.get_mut(&head.stream) else { return Ok(()) };
        pipe.take(data).map_err(|()| YamuxError::Window(head.stream))?;
        if head.has(RST) {
            pipe.cut();
        } else if head.has(FIN) {
            pipe.finish();
        }
        state.unread += length;
        if state.unread > limit::CONSUL_SESSION_BYTES { Err(YamuxError::Full) } else { Ok(()) }
    }
}

/// Carries a connection until it ends.
pub(super) async fn run(shared: &Arc<Shared>, stream: TcpStream, take: impl Fn(Stream)) {
    /// Whoever waits for a stream learns that it has ended, also when the task is stopped.
    struct End<'a>(&'a Shared);
    impl Drop for End<'_> {
        fn drop(&mut self) {
            self.0.end();
        }
    }
    let _end = End(shared);
    let (reader, writer) = stream.into_split();
    let ended = tokio::select! {
        written = shared.outgoing.write_to(writer) => written.map_err(YamuxError::from),
        read = read(shared, reader, take) => read,
        () = keep_asking(shared) => Err(YamuxError::Silent),
    };
    if let Err(error) = ended {
        tracing::debug!(target: "agent.server.rpc", %error, "multiplexed RPC conn closed");
    }
}

/// Returns when the other end no longer answers.
async fn keep_asking(shared: &Shared) {
    for number in 0.. {
        sleep(PING_EVERY).await;
        shared.outgoing.push(Head::new(Kind::Ping, SYN, 0, number), &[]);
        if timeout(PING_PATIENCE, shared.answered.notified()).await.is_err() {
            return;
        }
    }
}

async fn read<R: AsyncRead + Unpin>(
    shared: &Arc<Shared>,
    mut reader: R,
    take: impl Fn(Stream),
) -> Result<(), YamuxError> {
    let mut buffer = BytesMut::new();
    loop {
        if !fill(&mut reader, &mut buffer, HEAD_BYTES).await? {
            return Ok(());
        }
        let Some(bytes) = buffer.first_chunk() else { return Ok(()) };
        let head = Head::decode(*bytes)?;
        buffer.advance(HEAD_BYTES);
        if shared.take(head)? {
            take(Stream::new(head.stream, Arc::clone(shared)));
        }
        if !matches!(head.kind, Kind::Data | Kind::Window) {
            continue;
        }
        let length = if head.kind == Kind::Data { head.length } else { 0 };
        if length > WINDOW_BYTES {
            return Err(YamuxError::Window(head.stream));
        }
        if !fill(&mut reader, &mut buffer, length as usize).await? {
            return Ok(());
        }
        let data = Bytes::copy_from_slice(&buffer[..length as usize]);
        buffer.advance(length as usize);
        shared.take_data(head, data)?;
    }
}

/// Reads until there are so many bytes; whether there are.
async fn fill<R: AsyncRead + Unpin>(reader: &mut R, buffer: &mut BytesMut, bytes: usize) -> std::io::Result<bool> {
    while buffer.len() < bytes {
        buffer.reserve(READ_BYTES.max(bytes - buffer.len()));
        if reader.read_buf(buffer).await? == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Wakes who waits, if anyone does.
pub(super) fn wake(waker: &mut Option<Waker>) {
    if let Some(waker) = waker.take() {
        waker.wake();
    }
}
