//! Archives between threads that may wait for them and tasks that may not: a few pieces are on their way at a time.

use std::io::{self, Read, Write};
use std::task::{Context, Poll};

use bytes::{Buf, Bytes, BytesMut};
use proconsul_calls::pieces::Pieces;
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Pieces under way in either direction.
const QUEUE: usize = 4;
/// The size of one that goes out.
const PIECE_BYTES: usize = 64 * 1024;

/// A way out, from a thread.
pub(super) fn outgoing() -> (PieceWriter, Outgoing) {
    let (to, from) = channel(QUEUE);
    (PieceWriter { to, piece: BytesMut::new() }, Outgoing(from))
}

/// A way in, to a thread.
pub(super) fn incoming() -> (Sender<io::Result<Bytes>>, PieceReader) {
    let (to, from) = channel(QUEUE);
    (to, PieceReader { from, piece: Bytes::new() })
}

/// Where a thread writes. Fails when nobody takes the pieces any more.
pub(super) struct PieceWriter {
    to: Sender<io::Result<Bytes>>,
    piece: BytesMut,
}

impl PieceWriter {
    /// Sends what is left, or why there will not be more.
    pub(super) fn finish(mut self, written: io::Result<()>) {
        if let Err(error) = written.and_then(|()| self.flush()) {
            // Who is told is gone, or is told by this.
            let _ = self.to.blocking_send(Err(error));
        }
    }
}

impl Write for PieceWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(PIECE_BYTES - self.piece.len());
        self.piece.extend_from_slice(&bytes[..count]);
        if self.piece.len() == PIECE_BYTES {
            self.flush()?;
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = self.piece.split().freeze();
        self.to.blocking_send(Ok(piece)).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

/// What a thread writes, for a task.
pub(super) struct Outgoing(Receiver<io::Result<Bytes>>);

impl Pieces for Outgoing {
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        self.0.poll_recv(cx)
    }
}

/// Where a thread reads.
pub(super) struct PieceReader {
    from: Receiver<io::Result<Bytes>>,
    piece: Bytes,
}

impl Read for PieceReader {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.piece.is_empty() {
            match self.from.blocking_recv() {
                Some(piece) => self.piece = piece?,
                None => return Ok(0),
            }
        }
        let count = self.piece.len().min(to.len());
        self.piece.copy_to_slice(&mut to[..count]);
        Ok(count)
    }
}
