//! The sockets of one address, bound before anything is served.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;

use crate::datagram::Datagrams;

/// A UDP socket and a TCP listener on the same address.
#[derive(Debug)]
pub struct Listener {
    pub(crate) udp: Arc<Datagrams>,
    pub(crate) tcp: TcpListener,
    address: SocketAddr,
}

impl Listener {
    /// Binds both. Port 0 takes one that is free for both.
    pub async fn bind(address: SocketAddr) -> io::Result<Self> {
        let tcp = TcpListener::bind(address).await?;
        let address = tcp.local_addr()?;
        let udp = Arc::new(Datagrams::bind(address).await?);
        Ok(Self { udp, tcp, address })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}
