//! Binding the address and starting the task. Knows no protocol.

use std::net::SocketAddr;
use std::sync::Arc;

use proconsul_base::limit::{GOSSIP_COMMANDS, GOSSIP_EVENTS};
use proconsul_base::rand::Rng;
use proconsul_base::time::Instant;
use proconsul_serf::{Serf, tags};
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::{broadcast, mpsc, watch};

use crate::config::Config;
use crate::driver::{Driver, Waiting, view};
use crate::handle::Handle;

/// The tag by which Consul's agents tell their node id.
const IDENTITY_TAG: &str = "id";
/// A free TCP port may be taken for UDP; then another is tried, so often.
const FREE_PORT_TRIES: u32 = 16;

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
    /// The address told to others would be none.
    #[error("gossip bound {0} needs an advertised address: nobody can reach an unspecified one")]
    Unspecified(SocketAddr),
}

/// Binds the address and starts the pool. Must be called inside a tokio runtime.
///
/// # Errors
/// The address is taken or not ours, nobody could reach it, or the tags do not fit.
pub async fn start(config: Config) -> Result<Handle, StartError> {
    let (listener, socket, bound) = bind(config.bind).await?;
    let address = advertised(config.advertise, bound)?;
    let serf = proconsul_serf::Config {
        name: config.name,
        address,
        tags: config.tags,
        identity_tag: Some(IDENTITY_TAG.to_owned()),
        swim: config.profile.swim,
        timing: config.profile.serf,
    };
    let serf = Serf::new(Instant::ZERO, serf, Rng::seeded(config.seed))?;
    let (commands, wishes) = mpsc::channel(GOSSIP_COMMANDS);
    let (view_sender, view_receiver) = watch::channel(Arc::new(view(&serf)));
    let (events, _) = broadcast::channel(GOSSIP_EVENTS);
    let started = tokio::time::Instant::now();
    let driver = Driver {
        serf,
        started,
        socket,
        listener,
        source: config.source,
        stream_timeout: config.profile.swim.stream_timeout,
        wishes,
        view: view_sender,
        events: events.clone(),
        accepts_from: started,
        waiting: Waiting::default(),
    };
    tokio::spawn(driver.run());
    Ok(Handle::new(commands, view_receiver, events))
}

/// TCP and UDP on the same port.
async fn bind(address: SocketAddr) -> Result<(TcpListener, UdpSocket, SocketAddr), StartError> {
    let failed = |protocol, address| move |source| StartError::Bind { protocol, address, source };
    let mut tries = FREE_PORT_TRIES;
    loop {
        let listener = TcpListener::bind(address).await.map_err(failed("TCP", address))?;
        let bound = listener.local_addr().map_err(failed("TCP", address))?;
        match UdpSocket::bind(bound).await {
            Ok(socket) => return Ok((listener, socket, bound)),
            Err(_) if address.port() == 0 && tries > 0 => tries -= 1,
            Err(source) => return Err(StartError::Bind { protocol: "UDP", address: bound, source }),
        }
    }
}

/// What others are told: parts left open are those bound.
fn advertised(mut advertise: SocketAddr, bound: SocketAddr) -> Result<SocketAddr, StartError> {
    if advertise.ip().is_unspecified() {
        advertise.set_ip(bound.ip());
    }
    if advertise.port() == 0 {
        advertise.set_port(bound.port());
    }
    if advertise.ip().is_unspecified() { Err(StartError::Unspecified(bound)) } else { Ok(advertise) }
}
