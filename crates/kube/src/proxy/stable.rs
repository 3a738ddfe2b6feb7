//! One address of this machine that always leads to a pod that is ready: what people bookmark.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::kind::Kind;
use crate::object::{Fields, Object};
use crate::proxy::services::ready_targets;
use crate::proxy::tcp;
use crate::store::Store;

/// The port of Consul's HTTP API, taken when no port is named `http`.
const HTTP_PORT: i64 = 8500;

/// Where the stable address was opened, and why not where it was asked.
#[derive(Debug)]
pub struct Stable {
    /// The listener.
    pub listener: TcpListener,
    /// Its address.
    pub address: SocketAddr,
    /// The refusal of the asked address, when another one was taken.
    pub refusal: Option<io::Error>,
}

/// Opens the asked address, or a free port beside it when it is taken.
pub async fn open(asked: SocketAddr) -> io::Result<Stable> {
    let (listener, refusal) = match TcpListener::bind(asked).await {
        Ok(listener) => (listener, None),
        Err(error) => (TcpListener::bind((asked.ip(), 0)).await?, Some(error)),
    };
    let address = listener.local_addr()?;
    Ok(Stable { listener, address, refusal })
}

/// Leads connections to ready pods until dropped.
pub async fn run(listener: TcpListener, store: Arc<Store>) {
    let mut changes = store.changes();
    let (sender, targets) = watch::channel(targets(&store));
    let follow = async {
        while changes.changed().await.is_ok() {
            sender.send_replace(self::targets(&store));
        }
    };
    tokio::join!(tcp::serve(listener, targets), follow);
}

/// The ready pods behind the first service with an HTTP port.
pub fn targets(store: &Store) -> Arc<[SocketAddr]> {
    let is_http = |port: &&serde_json::Value| port["name"] == "http" || port.number("/port") == Some(HTTP_PORT);
    let services: Vec<Object> = store.list(Kind::Service, None);
    services
        .iter()
        .find_map(|service| Some((service, service.list("/spec/ports").iter().find(is_http)?)))
        .map_or_else(|| Arc::from([]), |(service, port)| ready_targets(store, service, port))
}
