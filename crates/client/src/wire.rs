//! Calls over Consul's RPC: one connection to each server, a stream of it for each call that waits.

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
use proconsul_rpc::consul::{self, CallError, Connection, Protocol};
use proconsul_rpc::dial::DialError;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use crate::forward::{Transport, TransportError};
use crate::servers::Member;

/// How long a server may take to say that it is there.
const PING_PATIENCE: Duration = Duration::from_secs(5);

/// A place for one connection; held while it is made, so that all who want it wait for the same.
type Place = Arc<tokio::sync::Mutex<Option<Connection>>>;

/// Connections to servers.
#[derive(Debug)]
pub struct Wire {
    source: Option<IpAddr>,
    places: Mutex<HashMap<SocketAddr, Place>>,
    calls: Semaphore,
}

impl Wire {
    /// No connection yet. They leave from `source`, where that is given.
    pub fn new(source: Option<IpAddr>) -> Self {
        Self { source, places: Mutex::default(), calls: Semaphore::new(limit::CLIENT_CALLS) }
    }

    /// The connection to this address; made when there is none that lives.
    async fn connection(&self, address: SocketAddr) -> Result<Connection, TransportError> {
        let place = Arc::clone(self.places.lock().entry(address).or_default());
        let mut place = place.lock().await;
        if let Some(connection) = place.as_ref().filter(|connection| !connection.is_closed()) {
            return Ok(connection.clone());
        }
        *place = None;
        self.forget_closed();
        let connection = Connection::dial(self.source, address).await;
        let connection = connection.map_err(|error| TransportError::Unreached(self.told(&error)))?;
        Ok(place.insert(connection).clone())
    }

    /// Servers that are gone would be kept for ever.
    fn forget_closed(&self) {
        let is_kept = |place: &Place| match place.try_lock() {
            Ok(connection) => connection.as_ref().is_some_and(|connection| !connection.is_closed()),
            // It is being made.
            Err(_) => true,
        };
        self.places.lock().retain(|_, place| is_kept(place));
    }

    /// A failure to connect in Go's words, which name both ends when the near one was chosen.
    fn told(&self, error: &DialError) -> String {
        let from = self.source.map(|source| format!("{source}:0->")).unwrap_or_default();
        match error {
            DialError::Connect { address, source } if source.kind() == io::ErrorKind::ConnectionRefused => {
                format!("failed to get conn: dial tcp {from}{address}: connect: connection refused")
            }
            DialError::Timeout(address) => format!("failed to get conn: dial tcp {from}{address}: i/o timeout"),
            other => other.to_string(),
        }
    }
}

impl Transport for Wire {
    type Carrier = TcpStream;

    async fn carrier(&self, server: &Member) -> Result<TcpStream, TransportError> {
        let connected = consul::connect(self.source, server.address, Protocol::Snapshot).await;
        connected.map_err(|error| TransportError::Unreached(self.told(&error)))
    }

    async fn call(&self, server: &Member, method: &'static str, request: Bytes) -> Result<Bytes, TransportError> {
        let too_many = || TransportError::Refused("too many requests are under way".to_owned());
        let _place = self.calls.try_acquire().map_err(|_| too_many())?;
        let connection = self.connection(server.address).await?;
        connection.call(method, &request).await.map_err(|error| match error {
            CallError::NotSent => TransportError::Unreached(format!("failed to start stream: {error}")),
            CallError::Refused(text) => TransportError::Refused(text),
            CallError::Lost | CallError::Unreadable(_) => TransportError::Lost(error.to_string()),
        })
    }

    async fn is_alive(&self, server: &Member) -> bool {
        let Ok(nothing) = gopack::to_vec(&Empty {}) else { return false };
        let ping = self.call(server, "Status.Ping", nothing.into());
        matches!(tokio::time::timeout(PING_PATIENCE, ping).await, Ok(Ok(_)))
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    async fn call(wire: &Wire, address: SocketAddr) -> Result<Bytes, TransportError> {
        wire.call(&Member { name: "s1".to_owned(), address }, "KVS.Get", Bytes::from_static(b"\xc0")).await
    }

    #[tokio::test]
    async fn where_nobody_listens_nothing_was_sent() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let told = format!("failed to get conn: dial tcp {address}: connect: connection refused");
        assert_eq!(call(&Wire::new(None), address).await, Err(TransportError::Unreached(told)));
        let source = "127.0.0.1".parse().unwrap();
        let told = format!("failed to get conn: dial tcp 127.0.0.1:0->{address}: connect: connection refused");
        assert_eq!(call(&Wire::new(Some(source)), address).await, Err(TransportError::Unreached(told)));
    }

    #[tokio::test]
    async fn a_connection_that_ends_loses_its_call_and_the_next_call_makes_another() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let wire = Wire::new(None);
        for _ in 0..2 {
            let accepted = async {
                let (mut stream, _) = listener.accept().await.unwrap();
                // The call has arrived, but for its end.
                tokio::io::AsyncReadExt::read_exact(&mut stream, &mut [0; 30]).await.unwrap();
            };
            let (answer, ()) = tokio::join!(call(&wire, address), accepted);
            assert_eq!(answer, Err(TransportError::Lost("EOF".to_owned())));
        }
    }
}
