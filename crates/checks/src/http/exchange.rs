//! One request and the head of its answer, over a connection of its own.

use std::error::Error;
use std::io;
use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::ext::ReasonPhrase;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::target::Target;
use crate::network::{DialError, Network, reason};
use crate::tls::{TlsClient, handshake_reason, is_plain};

/// Room for the head of an answer, in bytes.
const HEAD_BYTES: usize = 64 * 1024;

/// What is asked.
pub(super) struct Question {
    pub(super) method: Method,
    pub(super) target: Target,
    pub(super) header: HeaderMap,
    pub(super) body: Bytes,
}

impl Question {
    /// Follows a redirection as Go does: all but two kinds turn into GET, and secrets stay with their host.
    pub(super) fn lead_to(&mut self, target: Target, status: StatusCode) {
        if !matches!(status.as_u16(), 307 | 308) {
            self.body = Bytes::new();
            if self.method != Method::HEAD {
                self.method = Method::GET;
            }
        }
        if self.target.authority != target.authority {
            for secret in [header::AUTHORIZATION, header::COOKIE, header::WWW_AUTHENTICATE] {
                self.header.remove(secret);
            }
            if let Ok(host) = HeaderValue::try_from(&target.authority) {
                self.header.insert(header::HOST, host);
            }
        }
        if let Ok(referer) = HeaderValue::try_from(&self.target.text)
            && (!self.target.secure || target.secure)
        {
            self.header.insert(header::REFERER, referer);
        }
        self.target = target;
    }
}

/// The head of an answer, and its body while this lives.
pub(super) struct Answer {
    pub(super) response: Response<Incoming>,
    /// Carries the connection; ends with this.
    _connection: JoinSet<()>,
}

impl Answer {
    /// Code and reason as the server put them.
    pub(super) fn status(&self) -> String {
        let status = self.response.status();
        let sent = self.response.extensions().get::<ReasonPhrase>();
        let sent = sent.map(|sent| String::from_utf8_lossy(sent.as_bytes()));
        let text = sent.unwrap_or_else(|| status.canonical_reason().unwrap_or_default().into());
        format!("{} {text}", status.as_u16()).trim_end().to_owned()
    }
}

/// Why a request was not answered, with Go's texts.
#[derive(Debug, thiserror::Error)]
pub(super) enum ExchangeError {
    #[error(transparent)]
    Dial(#[from] DialError),
    #[error("http: server gave HTTP response to HTTPS client")]
    Plain(#[source] io::Error),
    #[error("{}", handshake_reason(.0))]
    Handshake(#[source] io::Error),
    #[error("net/http: invalid request")]
    Request(#[from] hyper::http::Error),
    #[error("EOF")]
    Closed(#[source] hyper::Error),
    #[error("net/http: HTTP/1.x transport connection broken: malformed HTTP response")]
    Malformed(#[source] hyper::Error),
    #[error("{kind} tcp {local}->{remote}: {kind}: {}", reason(.source))]
    Broken { kind: &'static str, local: SocketAddr, remote: SocketAddr, source: io::Error },
    #[error("net/http: {0}")]
    Other(#[source] hyper::Error),
}

/// Asks, and waits for the head of the answer.
pub(super) async fn exchange(
    question: &Question,
    network: &Network,
    tls: &TlsClient,
    until: Instant,
) -> Result<Answer, ExchangeError> {
    let target = &question.target;
    let stream = network.connect(&target.address(), until).await?;
    let ends = stream.local_addr().ok().zip(stream.peer_addr().ok());
    if !target.secure {
        return send(question, stream, ends).await;
    }
    let stream = tls.connect(&target.host, stream).await.map_err(|error| {
        if is_plain(&error) { ExchangeError::Plain(error) } else { ExchangeError::Handshake(error) }
    })?;
    send(question, stream, ends).await
}

async fn send<S>(
    question: &Question,
    stream: S,
    ends: Option<(SocketAddr, SocketAddr)>,
) -> Result<Answer, ExchangeError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let mut request = Request::builder()
        .method(&question.method)
        .uri(&question.target.path)
        .body(Full::new(question.body.clone()))?;
    *request.headers_mut() = question.header.clone();
    let told = |error| told(error, ends);
    let (mut sender, connection) =
        http1::Builder::new().max_buf_size(HEAD_BYTES).handshake(TokioIo::new(stream)).await.map_err(told)?;
    let mut carrying = JoinSet::new();
    carrying.spawn(async move { drop(connection.await) });
    let response = sender.send_request(request).await.map_err(told)?;
    Ok(Answer { response, _connection: carrying })
}

fn told(error: hyper::Error, ends: Option<(SocketAddr, SocketAddr)>) -> ExchangeError {
    if error.is_incomplete_message() {
        return ExchangeError::Closed(error);
    }
    if error.is_parse() {
        return ExchangeError::Malformed(error);
    }
    let cause = error.source().and_then(|cause| cause.downcast_ref::<io::Error>());
    match (cause, ends) {
        (Some(cause), _) if cause.kind() == io::ErrorKind::UnexpectedEof => ExchangeError::Closed(error),
        (Some(cause), Some((local, remote))) => {
            let kind = if cause.kind() == io::ErrorKind::BrokenPipe { "write" } else { "read" };
            // The error of the system is made anew: hyper does not give its own away.
            let source = cause.raw_os_error().map_or_else(|| cause.kind().into(), io::Error::from_raw_os_error);
            ExchangeError::Broken { kind, local, remote, source }
        }
        _ => ExchangeError::Other(error),
    }
}
