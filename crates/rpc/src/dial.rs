//! Outgoing connections: from the node's own address, with a deadline, without Nagle's delay, opened by a handshake.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use socket2::SockRef;
use tokio::net::{TcpSocket, TcpStream};

use crate::hello::{self, Hello, HelloError};

/// How long a connection and its handshake may take, and how long what was sent may stay unconfirmed: a peer that vanished
/// is noticed. Consul's dial timeout is longer, but ours also gates failover.
pub(crate) const PATIENCE: Duration = Duration::from_secs(3);

/// Why a peer was not reached.
#[derive(Debug, thiserror::Error)]
pub enum DialError {
    /// No connection.
    #[error("failed to get conn: dial tcp {address}: connect: {source}")]
    Connect {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// Nothing answered in time.
    #[error("failed to get conn: dial tcp {0}: i/o timeout")]
    Timeout(SocketAddr),
    /// Something answered, but not the peer that was meant.
    #[error("handshake with {address} failed")]
    Hello {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: HelloError,
    },
}

/// Connects and shakes hands.
pub async fn dial(source: Option<IpAddr>, address: SocketAddr, hello: Hello) -> Result<TcpStream, DialError> {
    let attempt = async {
        let mut stream = connect(source, address).await.map_err(|source| DialError::Connect { address, source })?;
        hello::ask(&mut stream, hello).await.map_err(|source| DialError::Hello { address, source })?;
        Ok(stream)
    };
    tokio::time::timeout(PATIENCE, attempt).await.unwrap_or(Err(DialError::Timeout(address)))
}

/// A connection, before anything is said on it.
pub(crate) async fn connect(source: Option<IpAddr>, address: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    if let Some(source) = source.filter(|source| !source.is_unspecified() && source.is_ipv4() == address.is_ipv4()) {
        socket.bind(SocketAddr::new(source, 0))?;
    }
    let stream = socket.connect(address).await?;
    stream.set_nodelay(true)?;
    SockRef::from(&stream).set_tcp_user_timeout(Some(PATIENCE))?;
    Ok(stream)
}
