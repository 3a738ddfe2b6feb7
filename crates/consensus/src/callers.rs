//! Connections on which this server calls its peers: one per peer, dialled when first needed, redialled when the peer moves.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use parking_lot::Mutex;
use proconsul_base::id::RaftId;
use proconsul_rpc::call::Caller;
use proconsul_rpc::dial::dial;
use proconsul_rpc::hello::{Hello, Identity, Service};

use crate::book::Book;
use crate::error::Unavailable;
use crate::handle::COMMIT_PATIENCE;
use crate::wire;

/// Who this server is when it calls; the cluster appears when it has one.
pub(crate) type WhoAmI = Arc<dyn Fn() -> Identity + Send + Sync>;

pub(crate) struct Callers {
    who: WhoAmI,
    source: Option<IpAddr>,
    book: Arc<Book>,
    open: Mutex<HashMap<RaftId, (SocketAddr, Caller)>>,
    /// Held while a peer is dialled: one dials, the others wait and use its connection.
    dialling: Mutex<HashMap<RaftId, Arc<tokio::sync::Mutex<()>>>>,
}

impl Callers {
    pub(crate) fn new(who: WhoAmI, source: Option<IpAddr>, book: Arc<Book>) -> Self {
        Self { who, source, book, open: Mutex::default(), dialling: Mutex::default() }
    }

    /// Calls a peer where it is now.
    pub(crate) async fn call(&self, peer: RaftId, kind: u8, body: &[u8]) -> Result<Bytes, Unavailable> {
        let caller = self.caller(peer).await?;
        match tokio::time::timeout(COMMIT_PATIENCE, caller.call(kind, body)).await {
            Ok(answer) => answer.map_err(wire::unavailable),
            Err(_late) => Err(Unavailable::OutcomeUnknown),
        }
    }

    async fn caller(&self, peer: RaftId) -> Result<Caller, Unavailable> {
        let address = self.book.address(peer).ok_or(Unavailable::LeaderUnreachable)?;
        if let Some(caller) = self.open_at(peer, address) {
            return Ok(caller);
        }
        let dialling = Arc::clone(self.dialling.lock().entry(peer).or_default());
        let _one = dialling.lock().await;
        if let Some(caller) = self.open_at(peer, address) {
            return Ok(caller);
        }
        let hello = Hello { service: Service::Calls, from: (self.who)(), to: Some(peer) };
        let stream = dial(self.source, address, hello).await.map_err(|error| {
            tracing::debug!(target: "agent.server.rpc", %peer, %error, "failed to reach peer");
            Unavailable::LeaderUnreachable
        })?;
        let caller = Caller::new(stream);
        self.open.lock().insert(peer, (address, caller.clone()));
        Ok(caller)
    }

    fn open_at(&self, peer: RaftId, address: SocketAddr) -> Option<Caller> {
        let open = self.open.lock();
        let (dialled, caller) = open.get(&peer)?;
        (*dialled == address && !caller.is_closed()).then(|| caller.clone())
    }
}
