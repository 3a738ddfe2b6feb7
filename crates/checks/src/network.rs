//! Connections as checks make them: from the agent's address, names asked anew each time, failures in Go's words.

mod address;
mod words;

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use tokio::net::{TcpSocket, TcpStream, UdpSocket};
use tokio::time::{Instant, timeout_at};

pub(crate) use self::address::{AddressError, split};
pub(crate) use self::words::reason;

/// Addresses of a name, some time.
pub type Lookup<'a> = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send + 'a>>;

/// Who knows the addresses of a name.
pub trait Names: Send + Sync + 'static {
    /// All addresses of this name, in the order in which they are to be tried.
    fn addresses<'a>(&'a self, name: &'a str) -> Lookup<'a>;
}

/// The system's own resolver.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemNames;

impl Names for SystemNames {
    fn addresses<'a>(&'a self, name: &'a str) -> Lookup<'a> {
        Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect()) })
    }
}

/// How checks reach others.
#[derive(Clone)]
pub struct Network {
    /// Where connections leave from; `None` for wherever the system lets them.
    pub source: Option<IpAddr>,
    /// Who knows the addresses of names.
    pub names: Arc<dyn Names>,
}

impl std::fmt::Debug for Network {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Network").field("source", &self.source).finish_non_exhaustive()
    }
}

impl Default for Network {
    fn default() -> Self {
        Self { source: None, names: Arc::new(SystemNames) }
    }
}

/// Why nothing was connected, with Go's texts.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DialError {
    /// The address is none.
    #[error("dial {network}: {source}")]
    Address { network: &'static str, source: AddressError },
    /// The name has no address.
    #[error("dial {network}: lookup {name}: {}", lookup_reason(.source))]
    Lookup { network: &'static str, name: String, source: io::Error },
    /// No connection.
    #[error("dial {network} {address}: {}", connect_reason(.source))]
    Connect { network: &'static str, address: String, source: io::Error },
    /// Nothing answered in time.
    #[error("dial {network} {address}: i/o timeout")]
    Timeout { network: &'static str, address: String },
}

impl Network {
    /// A connection to `host:port`; its addresses are tried one after the other, and the first failure is told.
    pub(crate) async fn connect(&self, target: &str, until: Instant) -> Result<TcpStream, DialError> {
        self.first("tcp", target, until, |address| self.stream(address)).await
    }

    /// A datagram socket that talks to `host:port` only.
    pub(crate) async fn datagrams(&self, target: &str, until: Instant) -> Result<UdpSocket, DialError> {
        self.first("udp", target, until, |address| self.socket(address)).await
    }

    async fn first<T, F>(
        &self,
        network: &'static str,
        target: &str,
        until: Instant,
        attempt: impl Fn(SocketAddr) -> F,
    ) -> Result<T, DialError>
    where
        F: Future<Output = io::Result<T>>,
    {
        let (host, port) = split(target).map_err(|source| DialError::Address { network, source })?;
        let addresses = self.lookup(network, host, until).await?;
        let mut first = None;
        for ip in addresses {
            let address = if host.is_empty() { format!(":{port}") } else { SocketAddr::new(ip, port).to_string() };
            let error = match timeout_at(until, attempt(SocketAddr::new(ip, port))).await {
                Ok(Ok(made)) => return Ok(made),
                Ok(Err(source)) => DialError::Connect { network, address, source },
                Err(_) => DialError::Timeout { network, address },
            };
            first.get_or_insert(error);
        }
        let none = || io::Error::from(io::ErrorKind::NotFound);
        Err(first.unwrap_or_else(|| DialError::Lookup { network, name: host.to_owned(), source: none() }))
    }

    async fn lookup(&self, network: &'static str, host: &str, until: Instant) -> Result<Vec<IpAddr>, DialError> {
        if host.is_empty() {
            return Ok(vec![Ipv4Addr::LOCALHOST.into()]);
        }
        if let Ok(address) = host.parse() {
            return Ok(vec![address]);
        }
        let late = || io::Error::from(io::ErrorKind::TimedOut);
        let found = timeout_at(until, self.names.addresses(host)).await.unwrap_or_else(|_| Err(late()));
        found.map_err(|source| DialError::Lookup { network, name: host.to_owned(), source })
    }

    /// The agent's address leads to every other address of its family, unless it is a loopback one.
    fn source_to(&self, address: SocketAddr) -> Option<SocketAddr> {
        let reaches = |source: &IpAddr| {
            !source.is_unspecified()
                && source.is_ipv4() == address.is_ipv4()
                && (!source.is_loopback() || address.ip().is_loopback())
        };
        self.source.filter(reaches).map(|source| SocketAddr::new(source, 0))
    }

    async fn stream(&self, address: SocketAddr) -> io::Result<TcpStream> {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        if let Some(source) = self.source_to(address) {
            socket.bind(source)?;
        }
        socket.connect(address).await
    }

    async fn socket(&self, address: SocketAddr) -> io::Result<UdpSocket> {
        let any = if address.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
        let socket = match self.source_to(address) {
            Some(source) => UdpSocket::bind(source).await?,
            None => UdpSocket::bind(any).await?,
        };
        socket.connect(address).await?;
        Ok(socket)
    }
}

fn connect_reason(error: &io::Error) -> String {
    format!("connect: {}", reason(error))
}

/// The system's resolver does not tell apart what it does not know; a resolver that was asked for too long says so.
fn lookup_reason(error: &io::Error) -> &'static str {
    if error.kind() == io::ErrorKind::TimedOut { "i/o timeout" } else { "no such host" }
}

#[cfg(test)]
mod tests;
