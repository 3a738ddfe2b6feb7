//! What the health service of gRPC says (`grpc.health.v1.Health/Check`): only SERVING passes.

mod message;
mod status;

use std::time::Duration;

use bytes::Bytes;
use h2::client::{ResponseFuture, SendRequest};
use h2::{Reason, RecvStream};
use hyper::{HeaderMap, Method, Request};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use self::status::{Code, GrpcStatus};
use crate::network::Network;
use crate::outcome::Outcome;
use crate::tls::{TlsClient, handshake_reason};

/// The protocol inside TLS.
pub(crate) const H2: &[u8] = b"h2";

/// Most bytes of an answer that are looked at; an honest one has seven.
const ANSWER_BYTES: usize = 4096;

/// A call of the health service.
#[derive(Debug)]
pub(crate) struct Grpc {
    /// `host:port`, and `/service` for one service of it.
    pub(crate) target: String,
    pub(crate) timeout: Duration,
    pub(crate) network: Network,
    /// `None` for no TLS.
    pub(crate) tls: Option<TlsClient>,
}

/// Why it is not known to serve.
#[derive(Debug, thiserror::Error)]
enum GrpcError {
    #[error("gRPC application didn't report service healthy")]
    NotServing,
    #[error(transparent)]
    Status(#[from] GrpcStatus),
}

impl Grpc {
    pub(crate) async fn run(&self) -> Outcome {
        let until = Instant::now() + self.timeout;
        match timeout_at(until, self.ask(until)).await.unwrap_or_else(|_| Err(GrpcStatus::late().into())) {
            Ok(()) => Outcome::passing(format!("gRPC check {}: success", self.target)),
            Err(error) => Outcome::critical(error),
        }
    }

    async fn ask(&self, until: Instant) -> Result<(), GrpcError> {
        let (address, service) = self.target.split_once('/').unwrap_or((&self.target, ""));
        let stream = self.network.connect(address, until).await;
        let stream = stream.map_err(|error| GrpcStatus::transport(&format!("Error while dialing {error}")))?;
        match &self.tls {
            None => call("http", address, service, stream).await,
            Some(tls) => {
                let host = crate::network::split(address).map_or(address, |(host, _)| host);
                let stream = tls.connect(host, stream).await.map_err(|error| {
                    GrpcStatus::transport(&format!("authentication handshake failed: {}", handshake_reason(&error)))
                })?;
                call("https", address, service, stream).await
            }
        }
    }
}

async fn call<S>(scheme: &str, address: &str, service: &str, stream: S) -> Result<(), GrpcError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (sender, connection) = h2::client::handshake(stream).await.map_err(broken)?;
    // Carries the connection; ends with this call.
    let mut carrying = JoinSet::new();
    carrying.spawn(async move { drop(connection.await) });
    let response = send(scheme, address, service, sender).await?;
    let response = response.await.map_err(broken)?;
    let (head, body) = response.into_parts();
    // A call that fails at once has its status in the head, and nothing after it.
    if let Some(status) = GrpcStatus::told(&head.headers) {
        return Err(status.into());
    }
    if !head.status.is_success() {
        return Err(GrpcStatus::of_http(head.status).into());
    }
    let (message, trailers) = read(body).await?;
    match trailers.as_ref().and_then(GrpcStatus::told) {
        Some(status) => Err(status.into()),
        None if message::is_serving(&message) => Ok(()),
        None => Err(GrpcError::NotServing),
    }
}

async fn send(
    scheme: &str,
    address: &str,
    service: &str,
    sender: SendRequest<Bytes>,
) -> Result<ResponseFuture, GrpcStatus> {
    let request = Request::builder()
        .method(Method::POST)
        .uri(format!("{scheme}://{address}/grpc.health.v1.Health/Check"))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .header("user-agent", "Consul Health Check")
        .body(())
        .map_err(|error| GrpcStatus::new(Code::Internal, error.to_string()))?;
    let mut sender = sender.ready().await.map_err(broken)?;
    let (response, mut body) = sender.send_request(request, false).map_err(broken)?;
    body.send_data(message::request(service), true).map_err(broken)?;
    Ok(response)
}

/// The message, and what follows it.
async fn read(mut body: RecvStream) -> Result<(Vec<u8>, Option<HeaderMap>), GrpcStatus> {
    let mut message = Vec::new();
    while let Some(data) = body.data().await {
        let data = data.map_err(broken)?;
        if message.len() + data.len() > ANSWER_BYTES {
            return Err(GrpcStatus::new(Code::ResourceExhausted, "grpc: received message larger than max".to_owned()));
        }
        drop(body.flow_control().release_capacity(data.len()));
        message.extend_from_slice(&data);
    }
    Ok((message, body.trailers().await.map_err(broken)?))
}

fn broken(error: h2::Error) -> GrpcStatus {
    // What this end found wrong is the connection's end; what the other end says may be a reason.
    match error.reason().filter(|reason| error.is_remote() && *reason != Reason::NO_ERROR) {
        None => GrpcStatus::new(Code::Unavailable, "connection closed".to_owned()),
        Some(reason) => GrpcStatus::new(Code::Unavailable, format!("stream terminated: {reason:?}")),
    }
}

#[cfg(test)]
mod tests;
