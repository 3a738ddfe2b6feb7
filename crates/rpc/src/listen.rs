//! Accepting connections on port 8300: hear the handshake, judge it, hand the stream to whoever owns its service.
//!
//! Consul's own protocols (first bytes 0 to 9) are not spoken here; such a connection is closed and logged.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use proconsul_base::limit;
use proconsul_telemetry::names::server::RPC_ACCEPT_CONN;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::hello::{self, Hello, HelloError, Identity, Verdict};

/// How long a connection may take to say what it is: Consul's `rpc_handshake_timeout`.
const HANDSHAKE_PATIENCE: Duration = Duration::from_secs(5);

/// Who judges and takes connections.
pub trait Gate: Send + Sync + 'static {
    /// Who this server is now.
    fn identity(&self) -> Identity;
    /// Whether to go on with this connection.
    fn judge(&self, hello: &Hello) -> Verdict;
    /// Takes a welcome connection until it ends.
    fn take(self: Arc<Self>, hello: Hello, stream: TcpStream) -> impl Future<Output = ()> + Send;
}

/// The verdict every service shares: both ends in one cluster when both have one, and the peer that was meant.
pub fn judge_identity(me: Identity, hello: &Hello) -> Verdict {
    match (me.cluster, hello.from.cluster) {
        (Some(mine), Some(theirs)) if mine != theirs => Verdict::OtherCluster,
        _ if hello.to.is_some_and(|to| to != me.raft_id) => Verdict::OtherPeer,
        _ => Verdict::Welcome,
    }
}

/// Accepts until the future is dropped.
pub async fn accept<G: Gate>(listener: TcpListener, gate: Arc<G>) {
    let places = Arc::new(Semaphore::new(limit::RPC_CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let (stream, from) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of descriptors, most likely: give the others a turn to close some.
                tracing::error!(target: "agent.server.rpc", %error, "failed to accept RPC conn");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        RPC_ACCEPT_CONN.one();
        let gate = Arc::clone(&gate);
        tokio::spawn(async move {
            welcome(stream, from, gate).await;
            drop(place);
        });
    }
}

async fn welcome<G: Gate>(mut stream: TcpStream, from: SocketAddr, gate: Arc<G>) {
    let _ = stream.set_nodelay(true);
    let heard = tokio::time::timeout(HANDSHAKE_PATIENCE, hello::hear(&mut stream)).await;
    let hello = match heard {
        Ok(Ok(hello)) => hello,
        Ok(Err(HelloError::Io(_))) | Err(_) => return,
        Ok(Err(error)) => {
            tracing::warn!(target: "agent.server.rpc", %from, %error, "unrecognized RPC conn closed");
            return;
        }
    };
    let verdict = gate.judge(&hello);
    if hello::answer(&mut stream, verdict, gate.identity()).await.is_err() {
        return;
    }
    if verdict == Verdict::Welcome {
        gate.take(hello, stream).await;
    } else {
        tracing::debug!(target: "agent.server.rpc", %from, ?verdict, "RPC conn refused");
    }
}
