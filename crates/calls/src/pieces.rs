//! Bytes that come one piece after the other, when a call carries more than should be held at once.

use std::future::poll_fn;
use std::io;
use std::task::{Context, Poll};

use bytes::Bytes;

/// A stream of bytes.
pub trait Pieces: Send {
    /// The next piece, which is not empty; `None` at the end. Nobody asks again after the end or an error.
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>>;
}

/// The next piece of a stream; `None` at its end.
pub async fn next(pieces: &mut dyn Pieces) -> Option<io::Result<Bytes>> {
    poll_fn(|cx| pieces.poll_piece(cx)).await
}
