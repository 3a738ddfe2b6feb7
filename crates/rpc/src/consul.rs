//! Consul's own RPC: Go's net/rpc in MessagePack, over one connection or over many streams of one. Both ends; knows no method.

mod ask;
mod carry;
mod message;
mod serve;
mod yamux;

use std::future::Future;
use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

pub use self::ask::{CallError, Connection};
pub use self::carry::{Carrier, CarryError};
pub(crate) use self::serve::serve;
use crate::dial::{self, DialError};

/// What a connection carries; the number is its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Protocol {
    /// Calls one after another.
    Single = 0,
    /// Calls on many streams: yamux.
    Many = 4,
    /// A snapshot, saved or restored.
    Snapshot = 5,
}

impl Protocol {
    pub(crate) fn from_byte(byte: u8) -> Option<Self> {
        [Self::Single, Self::Many, Self::Snapshot].into_iter().find(|protocol| *protocol as u8 == byte)
    }
}

/// Why a call was refused, as the caller is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(pub String);

/// Who answers Consul's RPC.
pub trait Methods: Send + Sync + 'static {
    /// Answers one call: a value in, a value out, both in Go's MessagePack. Dropped when the caller is gone.
    fn call(&self, method: &str, request: Bytes) -> impl Future<Output = Result<Vec<u8>, Refusal>> + Send;

    /// Takes a connection that carries a snapshot, until it ends.
    fn snapshot(&self, stream: TcpStream) -> impl Future<Output = ()> + Send;
}

/// Nobody: every call is refused.
impl Methods for () {
    async fn call(&self, method: &str, _: Bytes) -> Result<Vec<u8>, Refusal> {
        Err(Refusal(format!("rpc: can't find service {method}")))
    }

    async fn snapshot(&self, _: TcpStream) {}
}

/// Connects to a server for this protocol.
pub async fn connect(source: Option<IpAddr>, address: SocketAddr, protocol: Protocol) -> Result<TcpStream, DialError> {
    let attempt = async {
        let mut stream = dial::connect(source, address).await?;
        stream.write_all(&[protocol as u8]).await?;
        Ok(stream)
    };
    match tokio::time::timeout(dial::PATIENCE, attempt).await {
        Ok(connected) => connected.map_err(|source| DialError::Connect { address, source }),
        Err(_late) => Err(DialError::Timeout(address)),
    }
}

#[cfg(test)]
mod tests;
