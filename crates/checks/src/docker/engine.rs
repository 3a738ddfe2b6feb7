//! Questions to the container engine: HTTP over its Unix socket, or over TCP where it listens there.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::UnixStream;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::network::{DialError, Network, reason};

/// Where the engine listens unless it is said.
const SOCKET: &str = "/var/run/docker.sock";

/// Most bytes of an answer of the engine itself; honest ones have a few hundred.
const ANSWER_BYTES: usize = 64 * 1024;

/// How long a connection to the engine may take.
const CONNECT: Duration = Duration::from_secs(10);

/// Where the container engine is.
#[derive(Clone, Debug)]
pub struct Engine {
    at: At,
    network: Network,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum At {
    Socket(PathBuf),
    Tcp(String),
}

/// Where no engine can be.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("unable to reach the container engine at {0:?}: expected unix:///path or tcp://host:port")]
pub struct EngineError(String);

/// Why there was no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReplyError {
    #[error("{method} \"http://{}{path}\": dial unix {}: connect: {}", .socket.replace('/', "%2F"), .socket, reason(.source))]
    Socket { method: &'static str, socket: String, path: String, source: io::Error },
    #[error("{method} \"http://{address}{path}\": {source}")]
    Tcp { method: &'static str, address: String, path: String, source: DialError },
    #[error("the question cannot be put: {0}")]
    Question(#[from] hyper::http::Error),
    #[error("{0}")]
    Http(#[from] hyper::Error),
    #[error("the answer is too long: {0}")]
    Length(LengthLimitError),
    #[error("the answer is broken: {0}")]
    Broken(Box<dyn std::error::Error + Send + Sync>),
}

impl Engine {
    /// The engine that `DOCKER_HOST` names; an empty text is for its usual place.
    pub fn at(host: &str, network: Network) -> Result<Self, EngineError> {
        let at = match host.split_once("://") {
            _ if host.is_empty() => At::Socket(SOCKET.into()),
            Some(("unix", path)) => At::Socket(path.into()),
            Some(("tcp" | "http", address)) => At::Tcp(address.trim_end_matches('/').to_owned()),
            _ => return Err(EngineError(host.to_owned())),
        };
        Ok(Self { at, network })
    }

    /// Asks, and waits for the head of the answer.
    pub(super) async fn ask(&self, method: Method, path: &str, body: Option<Vec<u8>>) -> Result<Reply, ReplyError> {
        let name = if method == Method::POST { "Post" } else { "Get" };
        let request = Request::builder().method(method).uri(path).header("Host", "docker");
        let request = request.header("Content-Type", "application/json").header("Connection", "close");
        let request = request.body(Full::new(Bytes::from(body.unwrap_or_default())))?;
        match &self.at {
            At::Socket(socket) => {
                let stream = UnixStream::connect(socket).await.map_err(|source| ReplyError::Socket {
                    method: name,
                    socket: socket.display().to_string(),
                    path: path.to_owned(),
                    source,
                })?;
                send(stream, request).await
            }
            At::Tcp(address) => {
                let stream = self.network.connect(address, Instant::now() + CONNECT).await;
                let (address, path) = (address.clone(), path.to_owned());
                send(stream.map_err(|source| ReplyError::Tcp { method: name, address, path, source })?, request).await
            }
        }
    }
}

async fn send<S>(stream: S, request: Request<Full<Bytes>>) -> Result<Reply, ReplyError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let mut carrying = JoinSet::new();
    carrying.spawn(async move { drop(connection.await) });
    Ok(Reply { response: sender.send_request(request).await?, _connection: carrying })
}

/// An answer, and its body while this lives.
pub(super) struct Reply {
    response: Response<Incoming>,
    /// Carries the connection; ends with this.
    _connection: JoinSet<()>,
}

impl Reply {
    pub(super) fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// The next piece of the body; `None` at its end.
    pub(super) async fn data(&mut self) -> Result<Option<Bytes>, ReplyError> {
        while let Some(frame) = self.response.body_mut().frame().await.transpose()? {
            if let Ok(data) = frame.into_data() {
                return Ok(Some(data));
            }
        }
        Ok(None)
    }

    /// The whole body.
    pub(super) async fn text(self) -> Result<String, ReplyError> {
        let body = Limited::new(self.response.into_body(), ANSWER_BYTES).collect().await;
        let body = body.map_err(|error| match error.downcast::<LengthLimitError>() {
            Ok(long) => ReplyError::Length(*long),
            Err(other) => ReplyError::Broken(other),
        })?;
        Ok(String::from_utf8_lossy(&body.to_bytes()).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_is_at_a_socket_or_at_an_address() {
        let at = |host: &str| Engine::at(host, Network::default()).map(|engine| engine.at);
        assert_eq!(at(""), Ok(At::Socket(SOCKET.into())));
        assert_eq!(at("unix:///run/engine.sock"), Ok(At::Socket("/run/engine.sock".into())));
        assert_eq!(at("tcp://10.0.0.1:2375"), Ok(At::Tcp("10.0.0.1:2375".to_owned())));
        assert_eq!(at("npipe:////./pipe"), Err(EngineError("npipe:////./pipe".to_owned())));
    }
}
