//! The sockets of one address, bound before anything is served.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use proconsul_base::limit;
use socket2::SockRef;
use tokio::net::{TcpListener, UdpSocket};

/// A UDP socket and a TCP listener on the same address.
#[derive(Debug)]
pub struct Listener {
    pub(crate) udp: Arc<UdpSocket>,
    pub(crate) tcp: TcpListener,
    address: SocketAddr,
}

impl Listener {
    /// Binds both. Port 0 takes one that is free for both.
    pub async fn bind(address: SocketAddr) -> io::Result<Self> {
        let tcp = TcpListener::bind(address).await?;
        let address = tcp.local_addr()?;
        let udp = UdpSocket::bind(address).await?;
        // The kernel grants as much of it as the machine allows.
        SockRef::from(&udp).set_recv_buffer_size(limit::DNS_RECEIVE_BYTES)?;
        Ok(Self { udp: Arc::new(udp), tcp, address })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}
