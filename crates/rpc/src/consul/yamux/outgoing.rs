//! Frames waiting to be written. All streams append; one task writes all there is at once.

use std::task::{Context, Poll, Waker};

use parking_lot::Mutex;
use proconsul_base::limit;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::Notify;

use super::frame::Head;

/// Data waits while so much is waiting before it; answers to the other end's frames do not, up to the hard bound.
const ROOM_BYTES: usize = 512 * 1024;

#[derive(Debug, Default)]
pub(super) struct Outgoing {
    waiting: Mutex<Waiting>,
    more: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    bytes: Vec<u8>,
    closed: bool,
    /// Streams that wait for room.
    wakers: Vec<Waker>,
}

impl Outgoing {
    /// Waits for room for data. Ready also when closed: then nothing is written any more.
    pub(super) fn poll_room(&self, cx: &Context<'_>) -> Poll<()> {
        let mut waiting = self.waiting.lock();
        if waiting.closed || waiting.bytes.len() < ROOM_BYTES {
            return Poll::Ready(());
        }
        waiting.wakers.push(cx.waker().clone());
        Poll::Pending
    }

    /// Queues a frame. One that reads nothing and makes us say ever more is cut off.
    pub(super) fn push(&self, head: Head, data: &[u8]) {
        let mut waiting = self.waiting.lock();
        if waiting.closed {
            return;
        }
        if waiting.bytes.len() > limit::RPC_QUEUE_BYTES {
            waiting.closed = true;
            waiting.bytes.clear();
        } else {
            waiting.bytes.extend(head.encode());
            waiting.bytes.extend(data);
        }
        drop(waiting);
        self.more.notify_one();
    }

    /// Writes what is queued, and ends.
    pub(super) fn close(&self) {
        let mut waiting = self.waiting.lock();
        waiting.closed = true;
        waiting.wakers.drain(..).for_each(Waker::wake);
        drop(waiting);
        self.more.notify_one();
    }

    /// Writes what is queued until closed or the connection breaks.
    pub(super) async fn write_to<W: AsyncWrite + Unpin>(&self, mut stream: W) -> std::io::Result<()> {
        let mut writing = Vec::new();
        loop {
            let (closed, wakers) = {
                let mut waiting = self.waiting.lock();
                std::mem::swap(&mut waiting.bytes, &mut writing);
                (waiting.closed, std::mem::take(&mut waiting.wakers))
            };
            wakers.into_iter().for_each(Waker::wake);
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
