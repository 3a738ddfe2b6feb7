//! One connection: a task that reads, a task that writes, and the calls between them.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use parking_lot::Mutex;
use proconsul_base::limit;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn};
use tokio::time::{MissedTickBehavior, interval};

use super::frame::{FIRST_WINDOW, HEAD_BYTES, Head, Kind, RST, SYN, YAMUX};
use super::message::Reply;
use super::streams::Streams;
use crate::forward::TransportError;

/// Most bytes of a call in one frame, so that a large call lets small ones through.
const CHUNK_BYTES: usize = 64 * 1024;

/// How often the other end is asked whether it is there: as often as Consul's. A connection whose other end says nothing for twice
/// as long is over.
const PING: Duration = Duration::from_secs(30);

/// A connection; over when dropped.
#[derive(Debug)]
pub(super) struct Session {
    streams: Arc<Mutex<Streams>>,
    frames: mpsc::Sender<Bytes>,
    tasks: [JoinHandle<()>; 2],
}

impl Session {
    /// Speaks over a connection that has just been made.
    pub(super) fn begin(connection: TcpStream) -> Self {
        let (reader, writer) = connection.into_split();
        let streams = Arc::new(Mutex::new(Streams::default()));
        let (frames, outgoing) = mpsc::channel(limit::CLIENT_FRAMES);
        let (heard, answers) = (Arc::clone(&streams), frames.clone());
        let reading = spawn(async move {
            // How it ended does not matter to those who wait: no reply comes.
            let _ = read(reader, &heard, &answers).await;
            heard.lock().end();
        });
        let over = Arc::clone(&streams);
        let writing = spawn(async move {
            let _ = write(writer, outgoing).await;
            over.lock().end();
        });
        Self { streams, frames, tasks: [reading, writing] }
    }

    /// Whether new calls can be made.
    pub(super) fn is_open(&self) -> bool {
        self.streams.lock().is_open()
    }

    /// Sends a call and waits for its reply, for as long as the server takes.
    pub(super) async fn exchange(&self, message: Bytes) -> Result<Reply, TransportError> {
        let unsent = || TransportError::Unreached("failed to start stream: session shutdown".to_owned());
        let begun = self.streams.lock().begin().ok_or_else(unsent)?;
        let _under_way = UnderWay { session: self, stream: begun.stream };
        let mut rest = message;
        let mut flags = SYN;
        while !rest.is_empty() {
            let most = rest.len().min(CHUNK_BYTES).min(FIRST_WINDOW as usize);
            let Ok(room) = begun.window.acquire_many(most as u32).await else { break };
            room.forget();
            let part = rest.split_to(most);
            if self.frames.send(Head::data(begun.stream, flags, &part)).await.is_err() {
                break;
            }
            flags = 0;
        }
        begun.reply.await.unwrap_or_else(|_| Err(TransportError::Lost("EOF".to_owned())))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// A call whose caller may go: then the server is told that nobody waits.
struct UnderWay<'a> {
    session: &'a Session,
    stream: u32,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        if self.session.streams.lock().give_up(self.stream) {
            // With the queue full the server finds out when it answers.
            let _ = self.session.frames.try_send(Head::window(self.stream, RST, 0));
        }
    }
}

async fn read(
    reader: impl AsyncRead + Unpin,
    streams: &Mutex<Streams>,
    answers: &mpsc::Sender<Bytes>,
) -> io::Result<()> {
    let mut reader = BufReader::with_capacity(CHUNK_BYTES, reader);
    let mut data = Vec::new();
    loop {
        let mut head = [0; HEAD_BYTES];
        let heard = tokio::time::timeout(PING * 2, reader.read_exact(&mut head));
        heard.await.map_err(io::Error::from)??;
        let head = Head::read(head).ok_or(io::ErrorKind::InvalidData)?;
        data.clear();
        if head.kind == Kind::Data {
            // Nobody was given more room than this.
            if head.length > FIRST_WINDOW {
                return Err(io::ErrorKind::InvalidData.into());
            }
            data.resize(head.length as usize, 0);
            reader.read_exact(&mut data).await?;
        }
        let answer = streams.lock().hear(head, &data);
        if let Some(answer) = answer {
            answers.send(answer).await.map_err(|_| io::ErrorKind::BrokenPipe)?;
        }
    }
}

async fn write(mut writer: impl AsyncWrite + Unpin, mut frames: mpsc::Receiver<Bytes>) -> io::Result<()> {
    let mut batch = vec![YAMUX];
    let mut pings = interval(PING);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pings.tick().await;
    let mut number = 0;
    loop {
        tokio::select! {
            frame = frames.recv() => match frame {
                Some(frame) => batch.extend_from_slice(&frame),
                None => return Ok(()),
            },
            _ = pings.tick() => {
                number += 1;
                batch.extend_from_slice(&Head::ping(SYN, number));
            }
        }
        // Whatever else is waiting goes in the same write.
        while batch.len() < CHUNK_BYTES
            && let Ok(frame) = frames.try_recv()
        {
            batch.extend_from_slice(&frame);
        }
        writer.write_all(&batch).await?;
        batch.clear();
    }
}
