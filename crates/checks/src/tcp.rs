//! Whether something takes a TCP connection.

use std::time::Duration;

use tokio::time::Instant;

use crate::network::Network;
use crate::outcome::Outcome;

/// A TCP connection that is closed at once.
#[derive(Debug)]
pub(crate) struct Tcp {
    /// `host:port`.
    pub(crate) target: String,
    pub(crate) timeout: Duration,
    pub(crate) network: Network,
}

impl Tcp {
    pub(crate) async fn run(&self) -> Outcome {
        match self.network.connect(&self.target, Instant::now() + self.timeout).await {
            Ok(_) => Outcome::passing(format!("TCP connect {}: Success", self.target)),
            Err(error) => Outcome::critical(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    async fn outcome(target: &str) -> Outcome {
        let tcp = Tcp { target: target.to_owned(), timeout: Duration::from_secs(10), network: Network::default() };
        tcp.run().await
    }

    #[tokio::test]
    async fn what_takes_a_connection_passes() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let target = listener.local_addr().unwrap().to_string();
        assert_eq!(outcome(&target).await, Outcome::passing(format!("TCP connect {target}: Success")));
    }

    #[tokio::test]
    async fn a_refused_connection_is_critical() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let target = listener.local_addr().unwrap().to_string();
        drop(listener);
        let expected = format!("dial tcp {target}: connect: connection refused");
        assert_eq!(outcome(&target).await, Outcome::critical(expected));
    }

    #[tokio::test]
    async fn an_address_without_a_port_is_critical() {
        let expected = Outcome::critical("dial tcp: address 127.0.0.1: missing port in address");
        assert_eq!(outcome("127.0.0.1").await, expected);
    }

    #[tokio::test]
    async fn a_connection_that_is_not_answered_is_critical_after_the_timeout() {
        // A listener whose queue is full lets further connections wait.
        let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        socket.bind(&"127.0.0.1:0".parse::<std::net::SocketAddr>().unwrap().into()).unwrap();
        socket.listen(0).unwrap();
        let target = socket.local_addr().unwrap().as_socket().unwrap();
        let _filling = std::net::TcpStream::connect(target).unwrap();
        let tcp = Tcp { target: target.to_string(), timeout: Duration::from_millis(50), network: Network::default() };
        assert_eq!(tcp.run().await, Outcome::critical(format!("dial tcp {target}: i/o timeout")));
    }
}
