//! The calls under way on one connection: what of each reply has come, and how much of each call may still be sent. Knows no socket.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use proconsul_base::limit;
use tokio::sync::{Semaphore, oneshot};

use super::frame::{ACK, FIN, FIRST_WINDOW, Head, Kind, RST, SYN};
use super::message::{Arriving, Reply};
use crate::forward::TransportError;

/// Room is given back when so much of it is used.
const REFILL: u32 = FIRST_WINDOW / 2;

/// The word for a connection that ended: Go's.
const END: &str = "EOF";

/// All calls under way.
#[derive(Debug, Default)]
pub(super) struct Streams {
    /// The last number given out; this end's are odd.
    last: u32,
    calls: HashMap<u32, Call>,
    /// Whether no new stream may begin.
    is_closed: bool,
}

/// One call.
#[derive(Debug)]
struct Call {
    arriving: Arriving,
    /// Bytes that came since room was last given back.
    used: u32,
    window: Arc<Semaphore>,
    told: oneshot::Sender<Result<Reply, TransportError>>,
}

/// A stream that has been begun.
#[derive(Debug)]
pub(super) struct Begun {
    pub(super) stream: u32,
    /// A permit for each byte that may be sent; closed when nobody listens any more.
    pub(super) window: Arc<Semaphore>,
    pub(super) reply: oneshot::Receiver<Result<Reply, TransportError>>,
}

impl Streams {
    /// Whether new calls can be made.
    pub(super) fn is_open(&self) -> bool {
        !self.is_closed
    }

    /// A stream for one call; none when the connection takes no new ones.
    pub(super) fn begin(&mut self) -> Option<Begun> {
        if self.is_closed {
            return None;
        }
        let stream = if self.last == 0 { 1 } else { self.last + 2 };
        self.last = stream;
        // The numbers of one connection are used up: the next call makes another one.
        self.is_closed = stream >= u32::MAX - 2;
        let window = Arc::new(Semaphore::new(FIRST_WINDOW as usize));
        let (told, reply) = oneshot::channel();
        self.calls.insert(stream, Call { arriving: Arriving::default(), used: 0, window: Arc::clone(&window), told });
        Some(Begun { stream, window, reply })
    }

    /// Forgets a call whose caller is gone; whether it was still under way.
    pub(super) fn give_up(&mut self, stream: u32) -> bool {
        self.calls.remove(&stream).is_some()
    }

    /// A frame has come, with its data: what is to be sent because of it.
    pub(super) fn hear(&mut self, head: Head, data: &[u8]) -> Option<Bytes> {
        match head.kind {
            Kind::Ping if head.flags & SYN != 0 => Some(Head::ping(ACK, head.length)),
            Kind::Ping => None,
            Kind::GoAway => {
                self.is_closed = true;
                None
            }
            Kind::Window => {
                if let Some(call) = self.calls.get(&head.stream) {
                    let room = Semaphore::MAX_PERMITS - call.window.available_permits();
                    call.window.add_permits(room.min(head.length as usize));
                }
                self.ended(head);
                None
            }
            Kind::Data => {
                let answer = self.arrived(head.stream, data);
                self.ended(head);
                answer
            }
        }
    }

    /// The connection is over: so are all calls.
    pub(super) fn end(&mut self) {
        self.is_closed = true;
        for (_, call) in self.calls.drain() {
            call.window.close();
            // Who no longer waits needs not be told.
            let _ = call.told.send(Err(TransportError::Lost(END.to_owned())));
        }
    }

    fn arrived(&mut self, stream: u32, data: &[u8]) -> Option<Bytes> {
        let call = self.calls.get_mut(&stream)?;
        let outcome = match call.arriving.add(data) {
            Ok(None) if call.arriving.len() <= limit::CLIENT_REPLY_BYTES => {
                call.used += data.len() as u32;
                return (call.used >= REFILL).then(|| Head::window(stream, 0, std::mem::take(&mut call.used)));
            }
            Ok(Some(reply)) => Ok(reply),
            Ok(None) => Err(format!("the reply is longer than {} bytes", limit::CLIENT_REPLY_BYTES)),
            Err(error) => Err(format!("the reply cannot be read: {error}")),
        };
        // A whole reply ends the stream; of one that is none, the rest is not wanted.
        let flag = if outcome.is_ok() { FIN } else { RST };
        if let Some(call) = self.calls.remove(&stream) {
            call.window.close();
            let _ = call.told.send(outcome.map_err(TransportError::Lost));
        }
        Some(Head::window(stream, flag, 0))
    }

    /// The other end has ended a stream before its reply was whole.
    fn ended(&mut self, head: Head) {
        if head.flags & (FIN | RST) == 0 {
            return;
        }
        if let Some(call) = self.calls.remove(&head.stream) {
            call.window.close();
            let _ = call.told.send(Err(TransportError::Lost(END.to_owned())));
        }
    }
}
