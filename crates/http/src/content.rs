//! What an answer holds: bytes that are there, or bytes that come one piece after the other for as long as they last.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use proconsul_calls::pieces::Pieces;

use crate::progress::Progress;

/// The body of an answer.
pub(crate) enum Content {
    /// All of it; empty once it is sent.
    Whole(Bytes),
    /// What comes.
    Stream(Stream),
}

/// A body whose end is not known.
pub(crate) struct Stream {
    pieces: Box<dyn Pieces>,
    progress: Option<Arc<Progress>>,
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::Stream(_) => f.write_str("a stream"),
        }
    }
}

impl Default for Content {
    fn default() -> Self {
        Self::Whole(Bytes::new())
    }
}

impl Content {
    /// What comes from these.
    pub(crate) fn stream(pieces: Box<dyn Pieces>) -> Self {
        Self::Stream(Stream { pieces, progress: None })
    }

    /// The bytes, of a body that is whole.
    pub(crate) fn whole(&self) -> Option<&Bytes> {
        match self {
            Self::Whole(bytes) => Some(bytes),
            Self::Stream(_) => None,
        }
    }

    /// The connection counts as at work until a stream has ended, however long that says nothing.
    pub(crate) fn watched(mut self, watcher: &Arc<Progress>) -> Self {
        match &mut self {
            Self::Whole(_) => watcher.answered(),
            Self::Stream(stream) => stream.progress = Some(Arc::clone(watcher)),
        }
        self
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if let Some(progress) = &self.progress {
            progress.answered();
        }
    }
}

impl Body for Content {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match self.get_mut() {
            Self::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Self::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Self::Stream(stream) => stream.pieces.poll_piece(cx).map(|piece| piece.map(|piece| piece.map(Frame::data))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.whole().is_some_and(Bytes::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        self.whole().map_or_else(SizeHint::default, |bytes| SizeHint::with_exact(bytes.len() as u64))
    }
}
