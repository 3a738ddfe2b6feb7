//! The task that owns the machine: binds, receives, sends, keeps the time. No protocol thought.

use std::net::SocketAddr;
use std::sync::Arc;

use proconsul_base::limit::{GOSSIP_COMMANDS, GOSSIP_EVENTS};
use proconsul_serf::{Member, Status, Versions, tags};
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::{broadcast, mpsc, watch};

use crate::config::Config;
use crate::handle::Handle;
use crate::view::View;

/// Why a pool did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address could not be bound.
    #[error("gossip could not bind {protocol} address {address}: {source}; is another agent running there?")]
    Bind {
        /// `UDP` or `TCP`.
        protocol: &'static str,
        /// What we tried to bind.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The tags do not fit.
    #[error(transparent)]
    Tags(#[from] tags::TooLong),
}

/// Binds the address and starts the pool. Must be called inside a tokio runtime.
///
/// # Errors
/// The address is taken or not ours, or the tags do not fit.
pub async fn start(config: Config) -> Result<Handle, StartError> {
    let listener = TcpListener::bind(config.bind).await.map_err(|source| StartError::Bind {
        protocol: "TCP",
        address: config.bind,
        source,
    })?;
    let bound =
        listener.local_addr().map_err(|source| StartError::Bind { protocol: "TCP", address: config.bind, source })?;
    let socket =
        UdpSocket::bind(bound).await.map_err(|source| StartError::Bind { protocol: "UDP", address: bound, source })?;
    let local = Member {
        name: config.name.as_str().into(),
        address: bound,
        tags: config.tags,
        status: Status::Alive,
        protocol: Versions { min: 1, max: 5, current: 2 },
        delegate: Versions { min: 2, max: 5, current: 4 },
        incarnation: 1,
    };
    let (commands, mut wishes) = mpsc::channel(GOSSIP_COMMANDS);
    let (_views, view) = watch::channel(Arc::new(View { version: 1, members: vec![local.clone()], local }));
    let (events, _) = broadcast::channel(GOSSIP_EVENTS);
    tokio::spawn(async move {
        let _sockets = (listener, socket);
        while wishes.recv().await.is_some() {}
    });
    Ok(Handle::new(commands, view, events))
}
