//! Connections on which this server calls its peers: one per peer, dialled when first needed, redialled when the peer moves.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use parking_lot::Mutex;
use proconsul_base::id::RaftId;
use proconsul_rpc::call::Caller;
use proconsul_rpc::dial::dial;
use proconsul_rpc::hello::{Hello, Identity, Service};

use crate::book::Book;
use crate::error::Unavailable;
use crate::wire;

/// How long one call may take. Longer than any healthy commit, so that a caller behind a dead path is set free.
const CALL_PATIENCE: Duration = Duration::from_secs(10);

/// Who this server is when it calls; the cluster appears when it has one.
pub(crate) type WhoAmI = Arc<dyn Fn() -> Identity + Send + Sync>;

pub(crate) struct Callers {
    who: WhoAmI,
    source: Option<IpAddr>,
    book: Arc<Book>,
    open: Mutex<HashMap<RaftId, (SocketAddr, Caller)>>,
}

impl Callers {
    pub(crate) fn new(who: WhoAmI, source: Option<IpAddr>, book: Arc<Book>) -> Self {
        Self { who, source, book, open: Mutex::default() }
    }

    /// Calls a peer where it is now.
    pub(crate) async fn call(&self, peer: RaftId, kind: u8, body: &[u8]) -> Result<Bytes, Unavailable> {
        let caller = self.caller(peer).await?;
        match tokio::time::timeout(CALL_PATIENCE, caller.call(kind, body)).await {
            Ok(answer) => answer.map_err(wire::unavailable),
            Err(_late) => Err(Unavailable::OutcomeUnknown),
        }
    }

    async fn caller(&self, peer: RaftId) -> Result<Caller, Unavailable> {
        let address = self.book.address(peer).ok_or(Unavailable::LeaderUnreachable)?;
        if let Some((dialled, caller)) = self.open.lock().get(&peer)
            && *dialled == address
            && !caller.is_closed()
        {
            return Ok(caller.clone());
        }
        let hello = Hello { service: Service::Calls, from: (self.who)(), to: Some(peer) };
        let stream = dial(self.source, address, hello).await.map_err(|error| {
            tracing::debug!(target: "agent.server.rpc", %peer, %error, "failed to reach peer");
            Unavailable::LeaderUnreachable
        })?;
        let mut open = self.open.lock();
        // Somebody else may have dialled meanwhile: one connection is kept, so that calls share writes.
        match open.get(&peer) {
            Some((dialled, caller)) if *dialled == address && !caller.is_closed() => Ok(caller.clone()),
            _ => {
                let caller = Caller::new(stream);
                open.insert(peer, (address, caller.clone()));
                Ok(caller)
            }
        }
    }
}
