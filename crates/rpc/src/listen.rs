//! Accepting connections on port 8300: the first byte says what they are, then whoever owns that takes them.
//!
//! Consul's RPC and our own protocols between servers are served. Consul's Raft, TLS, gossip over TLS and gRPC are not: such a
//! connection is closed and logged.

mod places;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use proconsul_base::limit;
use proconsul_telemetry::names::server::RPC_ACCEPT_CONN;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use self::places::Places;
use crate::consul::{self, Methods, Protocol};
use crate::hello::{self, Hello, HelloError, Identity, Verdict};

/// How long a connection may take to say what it is: Consul's `rpc_handshake_timeout`.
const HANDSHAKE_PATIENCE: Duration = Duration::from_secs(5);

/// Who judges and takes connections of servers.
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

/// Accepts until the future is dropped: servers for `gate`, Consul's RPC for `methods`.
pub async fn accept<G: Gate, M: Methods>(listener: TcpListener, gate: Arc<G>, methods: Arc<M>) {
    let limit = Arc::new(Semaphore::new(limit::RPC_CONNECTIONS));
    let places = Places::default();
    loop {
        let Ok(place) = Arc::clone(&limit).acquire_owned().await else { return };
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
        let (gate, methods, places) = (Arc::clone(&gate), Arc::clone(&methods), places.clone());
        tokio::spawn(async move {
            let _ = stream.set_nodelay(true);
            greet(stream, from, gate, methods, &places).await;
            drop(place);
        });
    }
}

/// What a connection said that it is.
enum Heard {
    Consul(Protocol),
    Server(Hello),
}

async fn hear(stream: &mut TcpStream) -> Result<Heard, HelloError> {
    let first = stream.read_u8().await?;
    match Protocol::from_byte(first) {
        Some(protocol) => Ok(Heard::Consul(protocol)),
        None => hello::hear(first, stream).await.map(Heard::Server),
    }
}

async fn greet<G: Gate, M: Methods>(
    mut stream: TcpStream,
    from: SocketAddr,
    gate: Arc<G>,
    methods: Arc<M>,
    places: &Places,
) {
    match tokio::time::timeout(HANDSHAKE_PATIENCE, hear(&mut stream)).await {
        Ok(Ok(Heard::Server(hello))) => welcome(stream, from, gate, hello).await,
        Ok(Ok(Heard::Consul(protocol))) => match places.take(from.ip()) {
            Some(_place) => consul::serve(protocol, stream, methods).await,
            None => {
                let limit = limit::CONSUL_CONNECTIONS_PER_ADDRESS;
                tracing::warn!(target: "agent.server.rpc", %from, limit, "rejecting RPC conn from because rpc_max_conns_per_client exceeded");
            }
        },
        Ok(Err(HelloError::Io(_))) | Err(_) => {}
        Ok(Err(error)) => {
            tracing::warn!(target: "agent.server.rpc", %from, %error, "unrecognized RPC conn closed");
        }
    }
}

async fn welcome<G: Gate>(mut stream: TcpStream, from: SocketAddr, gate: Arc<G>, hello: Hello) {
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

#[cfg(test)]
mod tests;
