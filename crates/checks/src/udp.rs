//! Whether something refuses a datagram (Consul 1.13, not verified against a real peer).
//!
//! UDP says nothing on success: silence until the timeout passes, as does an answer. Only a refusal, which the other host
//! sends back when nobody listens, is critical.

use std::io;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::network::{Network, reason};
use crate::outcome::Outcome;

/// Room for the beginning of an answer; what it says does not matter.
const ANSWER_BYTES: usize = 1;

/// A datagram without content.
#[derive(Debug)]
pub(crate) struct Udp {
    /// `host:port`.
    pub(crate) target: String,
    pub(crate) timeout: Duration,
    pub(crate) network: Network,
}

impl Udp {
    pub(crate) async fn run(&self) -> Outcome {
        let until = Instant::now() + self.timeout;
        let socket = match self.network.datagrams(&self.target, until).await {
            Ok(socket) => socket,
            Err(error) => return Outcome::critical(error),
        };
        let exchange = async {
            socket.send(b"").await?;
            socket.recv(&mut [0; ANSWER_BYTES]).await
        };
        match timeout_at(until, exchange).await {
            Err(_) | Ok(Ok(_)) => Outcome::passing(format!("UDP connect {}: Success", self.target)),
            Ok(Err(error)) => Outcome::critical(self.refusal(&error)),
        }
    }

    fn refusal(&self, error: &io::Error) -> String {
        format!("read udp {}: {}", self.target, reason(error))
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::UdpSocket;

    use super::*;

    fn udp(target: &str, timeout: Duration) -> Udp {
        Udp { target: target.to_owned(), timeout, network: Network::default() }
    }

    #[tokio::test]
    async fn an_answer_passes() {
        let peer = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let target = peer.local_addr().unwrap().to_string();
        let answering = tokio::spawn(async move {
            let (_, from) = peer.recv_from(&mut [0; 1]).await.unwrap();
            peer.send_to(b"long answer", from).await.unwrap();
        });
        let outcome = udp(&target, Duration::from_secs(10)).run().await;
        assert_eq!(outcome, Outcome::passing(format!("UDP connect {target}: Success")));
        answering.await.unwrap();
    }

    #[tokio::test]
    async fn silence_passes() {
        let peer = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let target = peer.local_addr().unwrap().to_string();
        let outcome = udp(&target, Duration::from_millis(20)).run().await;
        assert_eq!(outcome, Outcome::passing(format!("UDP connect {target}: Success")));
    }

    #[tokio::test]
    async fn a_port_where_nobody_listens_is_critical() {
        let peer = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let target = peer.local_addr().unwrap().to_string();
        drop(peer);
        let outcome = udp(&target, Duration::from_secs(10)).run().await;
        assert_eq!(outcome, Outcome::critical(format!("read udp {target}: connection refused")));
    }
}
