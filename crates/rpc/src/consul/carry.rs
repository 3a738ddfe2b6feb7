//! A connection that carries a snapshot: one value in each direction, and bytes behind one of them to the end of the stream.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use proconsul_base::limit;
use proconsul_calls::pieces::{self, Pieces};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};

use super::message::Messages;

/// The size of a piece that is read.
const PIECE_BYTES: usize = 64 * 1024;

/// Why not all was sent.
#[derive(Debug, thiserror::Error)]
pub enum CarryError {
    /// The other end takes no more. It may have said why.
    #[error(transparent)]
    Stream(#[from] io::Error),
    /// What was to be sent broke off. The other end must not take it for whole: drop the connection.
    #[error(transparent)]
    Pieces(io::Error),
}

/// One end of such a connection. As pieces it is what comes behind the other end's value.
#[derive(Debug)]
pub struct Carrier<S>(Messages<S>);

impl<S: AsyncRead + AsyncWrite + Unpin> Carrier<S> {
    /// An end whose protocol is settled.
    pub fn new(stream: S) -> Self {
        Self(Messages::new(stream, limit::CONSUL_REQUEST_BYTES))
    }

    /// The value that the other end sends first.
    pub async fn value(&mut self) -> io::Result<Bytes> {
        let value = self.0.next().await.map_err(io::Error::other)?;
        value.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    /// Sends this end's value, and what comes behind it, if anything does; then no more.
    pub async fn send(&mut self, value: &[u8], behind: Option<&mut dyn Pieces>) -> Result<(), CarryError> {
        let stream = &mut self.0.stream;
        stream.write_all(value).await?;
        if let Some(behind) = behind {
            while let Some(piece) = pieces::next(behind).await {
                stream.write_all(&piece.map_err(CarryError::Pieces)?).await?;
            }
        }
        // Nobody says before how much it will be: the half that is closed is the end.
        Ok(stream.shutdown().await?)
    }
}

impl<S: AsyncRead + Unpin + Send> Pieces for Carrier<S> {
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let Some(unread) = self.0.unread() else {
            let mut bytes = vec![0; PIECE_BYTES];
            let mut buffer = ReadBuf::new(&mut bytes);
            let read = ready!(Pin::new(&mut self.0.stream).poll_read(cx, &mut buffer));
            let length = buffer.filled().len();
            bytes.truncate(length);
            return Poll::Ready(match read {
                Ok(()) if length == 0 => None,
                read => Some(read.map(|()| Bytes::from(bytes))),
            });
        };
        Poll::Ready(Some(Ok(unread)))
    }
}
