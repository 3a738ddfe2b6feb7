//! What is sent with a question: bytes at hand, or bytes that somebody is still making.

use std::io::{self, Read};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::thread;

use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use proconsul_base::limit::API_BODY_PIECES;
use tokio::sync::mpsc::{self, Receiver, Sender};

/// Bytes read from a file at a time.
const PIECE_BYTES: usize = 64 * 1024;

/// The body of a question.
#[derive(Debug)]
pub struct Body(Form);

#[derive(Debug)]
enum Form {
    /// What is left of it; its length is told beforehand.
    Whole(Bytes),
    /// Sent in chunks until the other end of the queue is dropped; an error breaks the question off.
    Pieces(Receiver<io::Result<Bytes>>),
}

impl Body {
    /// No body.
    pub const fn empty() -> Self {
        Self(Form::Whole(Bytes::new()))
    }

    /// A body that is made while it is sent: what goes into the sender. Whoever makes it waits while the queue is full, and is told
    /// by an error when nobody reads any more.
    pub fn pieces() -> (Sender<io::Result<Bytes>>, Self) {
        let (sender, receiver) = mpsc::channel(API_BODY_PIECES);
        (sender, Self(Form::Pieces(receiver)))
    }

    /// A body that is read from a file or pipe while it is sent, by a thread of its own.
    pub fn read(mut source: impl Read + Send + 'static) -> Self {
        let (sender, body) = Self::pieces();
        thread::spawn(move || {
            let mut buffer = vec![0; PIECE_BYTES];
            loop {
                let piece = match source.read(&mut buffer) {
                    Ok(0) => return,
                    Ok(length) => Ok(Bytes::copy_from_slice(&buffer[..length])),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Err(error) => Err(error),
                };
                let is_over = piece.is_err();
                if sender.blocking_send(piece).is_err() || is_over {
                    return;
                }
            }
        });
        body
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        Self(Form::Whole(bytes.into()))
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match &mut self.get_mut().0 {
            Form::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Form::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Form::Pieces(pieces) => Poll::Ready(ready!(pieces.poll_recv(cx)).map(|piece| piece.map(Frame::data))),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(&self.0, Form::Whole(bytes) if bytes.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Form::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Form::Pieces(_) => SizeHint::default(),
        }
    }
}
