//! Whether something answers a ping of HTTP/2 (Consul 1.9, not verified against a real peer).

use std::time::Duration;

use h2::Ping;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use crate::network::{DialError, Network, split};
use crate::outcome::Outcome;
use crate::tls::{TlsClient, handshake_reason};

/// A ping of HTTP/2.
#[derive(Debug)]
pub(crate) struct H2Ping {
    /// `host:port`.
    pub(crate) target: String,
    pub(crate) timeout: Duration,
    pub(crate) network: Network,
    /// `None` for no TLS.
    pub(crate) tls: Option<TlsClient>,
}

/// Why there was no answer.
#[derive(Debug, thiserror::Error)]
enum PingError {
    #[error("Failed to dial to {0}: {1}")]
    Dial(String, DialError),
    #[error("Failed to dial to {target}: {}", handshake_reason(.source))]
    Handshake { target: String, source: std::io::Error },
    #[error("HTTP2 ping failed: {0}")]
    Ping(#[from] h2::Error),
    #[error("HTTP2 ping failed: context deadline exceeded")]
    Timeout,
}

impl H2Ping {
    pub(crate) async fn run(&self) -> Outcome {
        let until = Instant::now() + self.timeout;
        match timeout_at(until, self.ask(until)).await.unwrap_or(Err(PingError::Timeout)) {
            Ok(()) => Outcome::passing("HTTP2 ping was successful"),
            Err(error) => Outcome::critical(error),
        }
    }

    async fn ask(&self, until: Instant) -> Result<(), PingError> {
        let stream = self.network.connect(&self.target, until).await;
        let stream = stream.map_err(|error| PingError::Dial(self.target.clone(), error))?;
        let Some(tls) = &self.tls else { return Ok(ping(stream).await?) };
        let host = split(&self.target).map_or(self.target.as_str(), |(host, _)| host);
        let stream = tls.connect(host, stream).await;
        Ok(ping(stream.map_err(|source| PingError::Handshake { target: self.target.clone(), source })?).await?)
    }
}

async fn ping<S>(stream: S) -> Result<(), h2::Error>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (_sender, mut connection) = h2::client::handshake(stream).await?;
    let pings = connection.ping_pong();
    // Carries the connection; ends with this ping.
    let mut carrying = JoinSet::new();
    carrying.spawn(connection);
    tokio::select! {
        pong = async { match pings { Some(mut pings) => pings.ping(Ping::opaque()).await.map(drop), None => Ok(()) } } => pong,
        // A connection that ends before the answer says why.
        Some(ended) = carrying.join_next() => match ended {
            Ok(Err(error)) => Err(error),
            _ => Err(h2::Reason::NO_ERROR.into()),
        },
    }
}

#[cfg(test)]
mod tests;
