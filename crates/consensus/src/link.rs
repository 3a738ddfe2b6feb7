//! Outgoing Raft messages: one connection per peer, kept open, redialled when the peer's address changes.
//!
//! Messages may be lost here (Raft resends); they are never reordered on one connection, never pile up without bound, and
//! never reach a server that is not the one they are for, because the handshake names it.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;
use proconsul_base::id::RaftId;
use proconsul_base::limit;
use proconsul_raft::Message;
use proconsul_rpc::dial::dial;
use proconsul_rpc::frame;
use proconsul_rpc::hello::{Hello, Identity, Service};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::runtime;
use tokio::sync::Notify;

use crate::book::Book;

/// Pause before dialling a peer again that could not be reached; an address change ends it at once.
const REDIAL_PAUSE: Duration = Duration::from_millis(100);

/// How long one write may take.
const WRITE_PATIENCE: Duration = Duration::from_secs(3);

/// Told when messages to a peer are being lost.
pub(crate) type Unreachable = Box<dyn Fn(RaftId) + Send + Sync>;

/// All outgoing connections of one server.
pub(crate) struct Links {
    links: Mutex<HashMap<RaftId, Arc<Link>>>,
    context: Arc<Context>,
    runtime: runtime::Handle,
}

struct Context {
    me: Identity,
    source: Option<IpAddr>,
    book: Arc<Book>,
    unreachable: Unreachable,
}

#[derive(Default)]
struct Link {
    waiting: Mutex<Vec<u8>>,
    more: Notify,
}

impl Links {
    pub(crate) fn new(
        me: Identity,
        source: Option<IpAddr>,
        book: Arc<Book>,
        unreachable: Unreachable,
        runtime: runtime::Handle,
    ) -> Self {
        Self { links: Mutex::default(), context: Arc::new(Context { me, source, book, unreachable }), runtime }
    }

    /// Queues messages, each to the peer it names. A full queue drops the message: its peer is not reading.
    pub(crate) fn send(&self, messages: &[Message]) {
        for message in messages {
            let link = self.link(message.to);
            let mut waiting = link.waiting.lock();
            if waiting.len() > limit::RAFT_LINK_BYTES {
                continue;
            }
            let was_idle = waiting.is_empty();
            frame::put(&mut waiting, |body| message.encode_into(body));
            drop(waiting);
            if was_idle {
                link.more.notify_one();
            }
        }
    }

    fn link(&self, peer: RaftId) -> Arc<Link> {
        let mut links = self.links.lock();
        if let Some(link) = links.get(&peer) {
            return Arc::clone(link);
        }
        let link = Arc::new(Link::default());
        links.insert(peer, Arc::clone(&link));
        self.runtime.spawn(run(peer, Arc::downgrade(&link), Arc::clone(&self.context)));
        link
    }

    /// Closes the connections to peers that are no longer members.
    pub(crate) fn retain(&self, is_member: impl Fn(RaftId) -> bool) {
        self.links.lock().retain(|&peer, link| {
            let keep = is_member(peer);
            if !keep {
                link.more.notify_one();
            }
            keep
        });
    }
}

/// One peer's sender: ends when its link has been dropped.
async fn run(peer: RaftId, link: Weak<Link>, context: Arc<Context>) {
    let mut moved = context.book.watch();
    let mut connection: Option<(TcpStream, SocketAddr)> = None;
    let mut writing = Vec::new();
    loop {
        let Some(link) = link.upgrade() else { return };
        std::mem::swap(&mut *link.waiting.lock(), &mut writing);
        if writing.is_empty() {
            let more = link.more.notified();
            tokio::select! {
                () = more => {}
                // Dial ahead of the next message when the peer has moved.
                _ = moved.changed() => drop_if_moved(&mut connection, context.book.address(peer)),
            }
            if Arc::strong_count(&link) == 1 {
                return;
            }
            continue;
        }
        drop(link);
        drop_if_moved(&mut connection, context.book.address(peer));
        // A connection that stood idle may be dead without our knowing: one fresh attempt before the messages count as lost.
        let was_open = connection.is_some();
        let mut delivered = deliver(&mut connection, peer, &writing, &context).await;
        if delivered.is_err() && was_open {
            connection = None;
            delivered = deliver(&mut connection, peer, &writing, &context).await;
        }
        if let Err(error) = delivered {
            tracing::debug!(target: "agent.server.raft", %peer, %error, "messages to peer lost");
            connection = None;
            (context.unreachable)(peer);
            let _ = tokio::time::timeout(REDIAL_PAUSE, moved.changed()).await;
        }
        writing.clear();
        writing.shrink_to(limit::RAFT_LINK_IDLE_BYTES);
    }
}

fn drop_if_moved(connection: &mut Option<(TcpStream, SocketAddr)>, address: Option<SocketAddr>) {
    if connection.as_ref().is_some_and(|(_, dialled)| Some(*dialled) != address) {
        *connection = None;
    }
}

#[derive(Debug, thiserror::Error)]
enum DeliverError {
    #[error("its address is not known yet")]
    Unknown,
    #[error(transparent)]
    Dial(#[from] proconsul_rpc::dial::DialError),
    #[error(transparent)]
    Write(#[from] std::io::Error),
    #[error("the peer takes nothing")]
    Stalled,
}

async fn deliver(
    connection: &mut Option<(TcpStream, SocketAddr)>,
    peer: RaftId,
    bytes: &[u8],
    context: &Context,
) -> Result<(), DeliverError> {
    let stream = match connection {
        Some((stream, _)) => stream,
        None => {
            let address = context.book.address(peer).ok_or(DeliverError::Unknown)?;
            let hello = Hello { service: Service::Raft, from: context.me, to: Some(peer) };
            &mut connection.insert((dial(context.source, address, hello).await?, address)).0
        }
    };
    // A peer that takes nothing for this long is gone, whatever TCP still hopes.
    match tokio::time::timeout(WRITE_PATIENCE, stream.write_all(bytes)).await {
        Ok(written) => Ok(written?),
        Err(_late) => Err(DeliverError::Stalled),
    }
}
