//! The asking end of a connection of calls.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use parking_lot::Mutex;
use proconsul_base::limit;
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use super::line::Line;
use super::outbox::{Outbox, Refused};
use super::split;
use crate::frame;

/// Why a call has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The call was never sent; it may be made again elsewhere.
    #[error("rpc error making call: the connection is closed")]
    NotSent,
    /// Too much is waiting already; the call was not sent.
    #[error("rpc error making call: too many calls wait on this connection")]
    Busy,
    /// The connection broke after the call was queued: whether it was carried out is unknown.
    #[error("rpc error making call: EOF")]
    Broken,
    /// The other end answered with an error, in its owner's encoding.
    #[error("rpc error making call: refused")]
    Failed(Bytes),
}

/// A connection on which calls are made. Clones share it; it closes when the last is gone.
#[derive(Debug, Clone)]
pub struct Caller(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// `None` when it could not be had; then only the reader tells that the connection has ended.
    line: Option<Line>,
    outbox: Arc<Outbox>,
    pending: Arc<Mutex<Pending>>,
}

#[derive(Debug, Default)]
struct Pending {
    next: u64,
    waiting: HashMap<u64, oneshot::Sender<Result<Bytes, CallError>>>,
    closed: bool,
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.outbox.close();
    }
}

impl Caller {
    /// Takes over a connection whose handshake is done.
    pub fn new(stream: TcpStream) -> Self {
        let line = Line::of(&stream).ok();
        let (reader, writer) = stream.into_split();
        let outbox = Arc::new(Outbox::default());
        let pending = Arc::new(Mutex::new(Pending::default()));
        tokio::spawn({
            let (outbox, pending) = (Arc::clone(&outbox), Arc::clone(&pending));
            async move {
                // Either half ending ends the connection; those who wait learn it below.
                tokio::select! {
                    _ = outbox.write_to(writer) => {}
                    () = read_answers(frame::Reader::new(reader), &pending) => {}
                }
                outbox.close();
                let abandoned = {
                    let mut pending = pending.lock();
                    pending.closed = true;
                    std::mem::take(&mut pending.waiting)
                };
                for (_, waiting) in abandoned {
                    let _ = waiting.send(Err(CallError::Broken));
                }
            }
        });
        Self(Arc::new(Shared { line, outbox, pending }))
    }

    /// Whether the connection is known to be gone.
    pub fn is_closed(&self) -> bool {
        self.0.pending.lock().closed || self.0.line.as_ref().is_some_and(Line::is_cut)
    }

    /// Makes a call and waits for its answer. The caller sets the deadline.
    ///
    /// A peer that was killed has closed its end before the reader hears of it: what is sent then is lost for certain, so it is
    /// not sent.
    pub async fn call(&self, kind: u8, body: &[u8]) -> Result<Bytes, CallError> {
        if self.is_closed() {
            return Err(CallError::NotSent);
        }
        let (number, answer) = self.enlist()?;
        if let Err(refused) = self.0.outbox.push(number, kind, body) {
            self.0.pending.lock().waiting.remove(&number);
            return Err(match refused {
                Refused::Closed => CallError::NotSent,
                Refused::Full => CallError::Busy,
            });
        }
        let guard = Forget { pending: &self.0.pending, number };
        let answer = answer.await.unwrap_or(Err(CallError::Broken));
        std::mem::forget(guard);
        answer
    }

    fn enlist(&self) -> Result<(u64, oneshot::Receiver<Result<Bytes, CallError>>), CallError> {
        let mut pending = self.0.pending.lock();
        if pending.closed {
            return Err(CallError::NotSent);
        }
        if pending.waiting.len() >= limit::RPC_CALLS_IN_FLIGHT {
            return Err(CallError::Busy);
        }
        let number = pending.next;
        pending.next += 1;
        let (sender, receiver) = oneshot::channel();
        pending.waiting.insert(number, sender);
        Ok((number, receiver))
    }
}

/// Takes a call off the list when its caller gives up waiting.
struct Forget<'a> {
    pending: &'a Mutex<Pending>,
    number: u64,
}

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        self.pending.lock().waiting.remove(&self.number);
    }
}

async fn read_answers<R: tokio::io::AsyncRead + Unpin>(mut frames: frame::Reader<R>, pending: &Mutex<Pending>) {
    while let Ok(Some(frame)) = frames.next().await {
        let Some((number, outcome, body)) = split(frame) else { return };
        let Some(waiting) = pending.lock().waiting.remove(&number) else { continue };
        let _ = waiting.send(if outcome == 0 { Ok(body) } else { Err(CallError::Failed(body)) });
    }
}
