//! Calls over Consul's RPC: one connection to each server, one stream of it for each call.

mod frame;
mod message;
mod session;
mod streams;

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use parking_lot::Mutex;
use proconsul_base::limit;
use proconsul_gopack as gopack;
use proconsul_records::Empty;
use proconsul_rpc::consul::Protocol;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::Semaphore;

use crate::forward::{Transport, TransportError};
use crate::servers::Member;
use session::Session;

/// How long a connection may take. Consul waits ten seconds; whoever waits here could have asked another server.
const DIAL_PATIENCE: Duration = Duration::from_secs(3);

/// How long what was sent may stay unconfirmed.
const SILENCE: Duration = Duration::from_secs(15);

/// How long a server may take to say that it is there.
const PING_PATIENCE: Duration = Duration::from_secs(5);

/// A place for one connection; held while it is made, so that all who want it wait for the same.
type Place = Arc<tokio::sync::Mutex<Option<Arc<Session>>>>;

/// Connections to servers.
#[derive(Debug)]
pub struct Wire {
    source: Option<IpAddr>,
    sessions: Mutex<HashMap<SocketAddr, Place>>,
    calls: Semaphore,
}

impl Wire {
    /// No connection yet. They leave from `source`, where that is given.
    pub fn new(source: Option<IpAddr>) -> Self {
        Self { source, sessions: Mutex::default(), calls: Semaphore::new(limit::CLIENT_CALLS) }
    }

    /// The connection to this address; made when there is none that lives.
    async fn session(&self, address: SocketAddr) -> Result<Arc<Session>, TransportError> {
        let place = Arc::clone(self.sessions.lock().entry(address).or_default());
        let mut place = place.lock().await;
        if let Some(session) = place.as_ref().filter(|session| session.is_open()) {
            return Ok(Arc::clone(session));
        }
        *place = None;
        self.forget_closed();
        let unreached = |error| TransportError::Unreached(self.dial_error(address, &error));
        let stream = connect(self.source, address).await.map_err(unreached)?;
        Ok(Arc::clone(place.insert(Arc::new(Session::begin(stream)))))
    }

    /// As Go's text has it, which names both ends when the near one was chosen.
    fn dial_error(&self, address: SocketAddr, error: &io::Error) -> String {
        let from = self.source.map(|source| format!("{source}:0->")).unwrap_or_default();
        format!("failed to get conn: dial tcp {from}{address}: {}", told(error))
    }

    /// Addresses of servers that are gone would be kept for ever.
    fn forget_closed(&self) {
        let is_kept = |place: &Place| match place.try_lock() {
            Ok(session) => session.as_ref().is_some_and(|session| session.is_open()),
            Err(_) => true,
        };
        self.sessions.lock().retain(|_, place| is_kept(place));
    }
}

impl Transport for Wire {
    type Carrier = TcpStream;

    async fn carrier(&self, server: &Member) -> Result<TcpStream, TransportError> {
        let unreached = |error| TransportError::Unreached(self.dial_error(server.address, &error));
        let mut stream = connect(self.source, server.address).await.map_err(unreached)?;
        stream.write_u8(Protocol::Snapshot as u8).await.map_err(unreached)?;
        Ok(stream)
    }

    async fn call(&self, server: &Member, method: &'static str, request: Bytes) -> Result<Bytes, TransportError> {
        let too_many = || TransportError::Refused("too many requests are under way".to_owned());
        let _place = self.calls.try_acquire().map_err(|_| too_many())?;
        let message =
            message::request(method, &request).ok_or_else(|| TransportError::Unreached("no request".to_owned()))?;
        let session = self.session(server.address).await?;
        let reply = session.exchange(message).await?;
        match reply.error {
            error if error.is_empty() => Ok(reply.body),
            error => Err(TransportError::Refused(error)),
        }
    }

    async fn is_alive(&self, server: &Member) -> bool {
        let Ok(nothing) = gopack::to_vec(&Empty {}) else { return false };
        let ping = self.call(server, "Status.Ping", nothing.into());
        matches!(tokio::time::timeout(PING_PATIENCE, ping).await, Ok(Ok(_)))
    }
}

async fn connect(source: Option<IpAddr>, address: SocketAddr) -> io::Result<TcpStream> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    if let Some(source) = source.filter(|source| !source.is_unspecified() && source.is_ipv4() == address.is_ipv4()) {
        socket.bind(SocketAddr::new(source, 0))?;
    }
    let stream = tokio::time::timeout(DIAL_PATIENCE, socket.connect(address)).await.map_err(io::Error::from)??;
    stream.set_nodelay(true)?;
    let keepalive = TcpKeepalive::new().with_time(SILENCE).with_interval(SILENCE / 3).with_retries(3);
    SockRef::from(&stream).set_tcp_keepalive(&keepalive)?;
    SockRef::from(&stream).set_tcp_user_timeout(Some(SILENCE))?;
    Ok(stream)
}

/// A failure to connect in Go's words.
fn told(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "connect: connection refused".to_owned(),
        io::ErrorKind::TimedOut => "i/o timeout".to_owned(),
        _ => format!("connect: {error}"),
    }
}

#[cfg(test)]
mod tests;
