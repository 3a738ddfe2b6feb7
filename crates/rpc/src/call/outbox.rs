//! Bytes waiting to be written to one connection. Whoever has something to say appends; one task writes all there is at once.

use parking_lot::Mutex;
use proconsul_base::limit;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::Notify;

use crate::frame;

#[derive(Debug, Default)]
pub(super) struct Outbox {
    waiting: Mutex<Waiting>,
    more: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    bytes: Vec<u8>,
    closed: bool,
}

/// The connection is gone, or the other end reads too slowly to take more.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    Closed,
    Full,
}

impl Outbox {
    /// Queues one frame: number, tag, body.
    pub(super) fn push(&self, number: u64, tag: u8, body: &[u8]) -> Result<(), Refused> {
        let mut waiting = self.waiting.lock();
        if waiting.closed {
            return Err(Refused::Closed);
        }
        // One large frame may always go; what is bounded is the pile behind a slow reader.
        if !waiting.bytes.is_empty() && waiting.bytes.len() + body.len() > limit::RPC_QUEUE_BYTES {
            return Err(Refused::Full);
        }
        let was_idle = waiting.bytes.is_empty();
        frame::put(&mut waiting.bytes, |frame| {
            frame.extend(number.to_le_bytes());
            frame.push(tag);
            frame.extend(body);
        });
        drop(waiting);
        if was_idle {
            self.more.notify_one();
        }
        Ok(())
    }

    /// No more frames are taken, and the writer ends.
    pub(super) fn close(&self) {
        self.waiting.lock().closed = true;
        self.more.notify_one();
    }

    /// Writes what is queued until closed or the connection breaks.
    pub(super) async fn write_to<W: AsyncWrite + Unpin>(&self, mut stream: W) -> std::io::Result<()> {
        let mut writing = Vec::new();
        loop {
            let closed = {
                let mut waiting = self.waiting.lock();
                std::mem::swap(&mut waiting.bytes, &mut writing);
                waiting.closed
            };
            if !writing.is_empty() {
                stream.write_all(&writing).await?;
                writing.clear();
                writing.shrink_to(64 * 1024);
            } else if closed {
                return stream.shutdown().await;
            } else {
                self.more.notified().await;
            }
        }
    }
}
