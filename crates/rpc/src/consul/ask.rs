//! The asking end: one connection, a stream for each call that waits, used again when its answer has come.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use parking_lot::Mutex;
use proconsul_base::limit;
use proconsul_gopack::{ReadError, from_slice};
use tokio::io::AsyncWriteExt;

use super::message::{MessageError, Messages, ReplyHead};
use super::serve::request;
use super::yamux::{Session, Stream};
use super::{Protocol, connect};
use crate::dial::DialError;

/// Why a call has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The connection had ended before; nothing was sent.
    #[error("session shutdown")]
    NotSent,
    /// It ended after the call was sent: whether the call was carried out is unknown.
    #[error("EOF")]
    Lost,
    /// The server refused.
    #[error("{0}")]
    Refused(String),
    /// The server sent what is no answer.
    #[error("{0}")]
    Unreadable(#[from] ReadError),
}

/// A connection to a server on which calls are made. Clones share it; it closes when the last is gone.
#[derive(Clone, Debug)]
pub struct Connection(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    session: Session,
    /// Streams on which no call waits.
    idle: Mutex<Vec<Messages<Stream>>>,
    next: AtomicU64,
}

impl Connection {
    /// Connects to a server.
    pub async fn dial(source: Option<IpAddr>, address: SocketAddr) -> Result<Self, DialError> {
        let stream = connect(source, address, Protocol::Many).await?;
        let session = Session::new(stream);
        Ok(Self(Arc::new(Shared { session, idle: Mutex::default(), next: AtomicU64::new(1) })))
    }

    /// Whether the connection is known to be gone, or about to go.
    pub fn is_closed(&self) -> bool {
        self.0.session.is_closed()
    }

    /// Makes a call and waits for its answer, both values in Go's MessagePack. The caller sets the deadline; one who gives up tells
    /// the server so.
    pub async fn call(&self, method: &str, body: &[u8]) -> Result<Bytes, CallError> {
        if self.is_closed() {
            return Err(CallError::NotSent);
        }
        let mut messages = match self.idle() {
            Some(messages) => messages,
            None => Messages::new(self.0.session.open().ok_or(CallError::NotSent)?, limit::CONSUL_REPLY_BYTES),
        };
        let seq = self.0.next.fetch_add(1, Ordering::Relaxed);
        let request = request(seq, method, body).ok_or(CallError::NotSent)?;
        if messages.stream.write_all(&request).await.is_err() {
            return Err(CallError::Lost);
        }
        let head: ReplyHead = from_slice(&next(&mut messages).await?)?;
        let body = next(&mut messages).await?;
        self.give_back(messages);
        if head.error.is_empty() { Ok(body) } else { Err(CallError::Refused(head.error)) }
    }

    /// A stream on which no call waits. Consul's servers close one on which they were asked for a method that they do not know.
    fn idle(&self) -> Option<Messages<Stream>> {
        let mut idle = self.0.idle.lock();
        std::iter::from_fn(|| idle.pop()).find(|messages| messages.stream.is_open())
    }

    /// Whether a stream is kept that could be used again.
    #[cfg(test)]
    pub(super) fn has_idle(&self) -> bool {
        self.0.idle.lock().iter().any(|messages| messages.stream.is_open())
    }

    fn give_back(&self, messages: Messages<Stream>) {
        let mut idle = self.0.idle.lock();
        if idle.len() < limit::CONSUL_IDLE_STREAMS {
            idle.push(messages);
        }
    }
}

async fn next(messages: &mut Messages<Stream>) -> Result<Bytes, CallError> {
    match messages.next().await {
        Ok(Some(value)) => Ok(value),
        Err(MessageError::Read(error)) => Err(error.into()),
        Ok(None) | Err(MessageError::Io(_) | MessageError::TooLong(_)) => Err(CallError::Lost),
    }
}
