//! Snapshots between servers and their shelf on disk. A snapshot travels on a connection of its own, as the bytes of its
//! file; the receiver verifies all of it before its core hears of it.
//!
//! ```text
//! sender   -> frame: the Raft message that announces the snapshot; frames of file bytes; an empty frame
//! receiver -> one byte: 0 kept, 1 not
//! ```

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use proconsul_base::entry::SnapshotMark;
use proconsul_raft::{Kind, Message, SendSnapshot};
use proconsul_rpc::dial::{DialError, dial};
use proconsul_rpc::frame::{self, FrameError};
use proconsul_rpc::hello::{Hello, Service};
use proconsul_storage::disk::Disk;
use proconsul_storage::snapshot::{SnapshotError, SnapshotMeta, SnapshotReader, Snapshots};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use crate::applied::Applied;
use crate::apply::Captured;
use crate::book::Book;
use crate::callers::WhoAmI;

/// File bytes in one frame.
const CHUNK_BYTES: usize = 256 * 1024;

/// How long either side waits for the other to go on.
const PATIENCE: Duration = Duration::from_secs(30);

/// The snapshots of this server.
#[derive(Clone)]
pub(crate) struct Shelf<D: Disk>(pub(crate) Snapshots<D>);

impl<D: Disk> Shelf<D> {
    /// Writes a captured state out and makes it durable.
    pub(crate) fn keep(&self, captured: &Captured) -> Result<SnapshotMark, SnapshotError> {
        let meta = SnapshotMeta { index: captured.index, term: captured.term, membership: captured.membership.clone() };
        let mut writer = self.0.create(&meta)?;
        captured.state.write_to(&mut writer).map_err(|source| SnapshotError::Io {
            action: "write snapshot",
            path: format!("{}-{}", meta.term, meta.index).into(),
            source,
        })?;
        writer.finish()
    }

    /// Opens a snapshot: its membership and its contents.
    pub(crate) fn open(&self, mark: SnapshotMark) -> Result<(Bytes, SnapshotReader<D>), SnapshotError> {
        let reader = self.0.read(mark)?;
        Ok((reader.meta().membership.clone(), reader))
    }
}

/// Why a snapshot did not reach its peer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SendError {
    #[error("its address is not known")]
    Unknown,
    #[error(transparent)]
    Dial(#[from] DialError),
    #[error(transparent)]
    Disk(#[from] SnapshotError),
    #[error("the connection broke")]
    Connection(#[from] std::io::Error),
    #[error("the peer stopped reading")]
    Stalled,
    #[error("the peer could not keep it")]
    NotKept,
}

/// Sends snapshots.
pub(crate) struct Sending<D: Disk> {
    pub(crate) shelf: Shelf<D>,
    pub(crate) who: WhoAmI,
    pub(crate) source: Option<std::net::IpAddr>,
    pub(crate) book: Arc<Book>,
}

impl<D: Disk> Sending<D> {
    pub(crate) async fn send(&self, snapshot: SendSnapshot) -> Result<(), SendError> {
        let address = self.book.address(snapshot.to).ok_or(SendError::Unknown)?;
        let hello = Hello { service: Service::Snapshot, from: (self.who)(), to: Some(snapshot.to) };
        let raw = Arc::new(self.shelf.0.raw(snapshot.mark)?);
        let mut stream = dial(self.source, address, hello).await?;
        tracing::info!(target: "agent.server.snapshot", peer = %snapshot.to, index = %snapshot.mark.index, "sending snapshot");
        let mut bytes = Vec::with_capacity(CHUNK_BYTES + 16);
        frame::put(&mut bytes, |body| snapshot.message.encode_into(body));
        let mut offset = 0;
        loop {
            patiently(stream.write_all(&bytes)).await?;
            bytes.clear();
            let reading = Arc::clone(&raw);
            let chunk = spawn_blocking(move || {
                let mut chunk = vec![0; CHUNK_BYTES];
                reading.read_at(offset, &mut chunk).map(|length| {
                    chunk.truncate(length);
                    chunk
                })
            });
            let chunk = chunk.await.map_err(std::io::Error::other)??;
            offset += chunk.len() as u64;
            frame::put(&mut bytes, |body| body.extend(&chunk));
            if chunk.is_empty() {
                patiently(stream.write_all(&bytes)).await?;
                break;
            }
        }
        match patiently(stream.read_u8()).await? {
            0 => Ok(()),
            _ => Err(SendError::NotKept),
        }
    }
}

async fn patiently<T>(work: impl Future<Output = std::io::Result<T>>) -> Result<T, SendError> {
    tokio::time::timeout(PATIENCE, work).await.map_err(|_| SendError::Stalled)?.map_err(SendError::Connection)
}

/// Why a snapshot was not received.
#[derive(Debug, thiserror::Error)]
enum ReceiveError {
    #[error(transparent)]
    Frame(#[from] FrameError),
    #[error("the sender stopped in the middle")]
    Cut,
    #[error("the first frame announces no snapshot")]
    NotAnnounced,
    #[error("another snapshot arrived than the one announced")]
    Other,
    #[error(transparent)]
    Disk(#[from] SnapshotError),
    #[error("the receiving task ended")]
    Task,
}

/// Receives snapshots, one at a time: the next begins when the last is part of the state, so that the one that the log
/// still builds on is not pushed off the shelf.
pub(crate) struct Receiving<D: Disk> {
    pub(crate) shelf: Shelf<D>,
    pub(crate) applied: Arc<Applied>,
    pub(crate) one: Mutex<()>,
}

impl<D: Disk> Receiving<D> {
    /// Takes a connection on which a snapshot arrives; hands out its message when all of it is verified and durable.
    pub(crate) async fn receive(&self, mut stream: TcpStream, take: impl FnOnce(Message) + Send) {
        let Ok(_one) = self.one.try_lock() else { return };
        // Whether the sender still listens to the verdict does not matter.
        match self.read(&mut stream).await {
            Ok((message, mark)) => {
                take(message);
                let _ = stream.write_u8(0).await;
                let _ = tokio::time::timeout(PATIENCE, self.applied.reach(mark.index)).await;
            }
            Err(error) => {
                tracing::warn!(target: "agent.server.snapshot", %error, "failed to receive snapshot");
                let _ = stream.write_u8(1).await;
            }
        }
    }

    async fn read(&self, stream: &mut TcpStream) -> Result<(Message, SnapshotMark), ReceiveError> {
        let mut frames = frame::Reader::new(stream);
        let mut next = async || {
            let frame = tokio::time::timeout(PATIENCE, frames.next()).await.map_err(|_| ReceiveError::Cut)??;
            frame.ok_or(ReceiveError::Cut)
        };
        let message = Message::decode(&next().await?).map_err(|_| ReceiveError::NotAnnounced)?;
        let Kind::Snapshot { mark, .. } = message.kind else { return Err(ReceiveError::NotAnnounced) };
        let mut receiver = self.shelf.0.receive(mark)?;
        loop {
            let chunk = next().await?;
            let end = chunk.is_empty();
            let step = spawn_blocking(move || match end {
                true => receiver.finish().map(Err),
                false => receiver.write(&chunk).map(|()| Ok(receiver)),
            });
            match step.await.map_err(|_| ReceiveError::Task)?? {
                Ok(more) => receiver = more,
                Err(meta) if meta.mark() == mark => return Ok((message, mark)),
                Err(_) => return Err(ReceiveError::Other),
            }
        }
    }
}
