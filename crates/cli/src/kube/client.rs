//! A client of the runtime's control socket.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::bail;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ACCEPT, CONTENT_TYPE, HOST};
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use proconsul_kube::kind::Kind;
use proconsul_kube_api::socket;
use serde_json::Value;

/// How `kubectl` asks for a list as it is to be printed.
const TABLE: &str = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

/// Reaches the runtime of one state directory; each request has its own connection.
#[derive(Clone, Debug)]
pub(super) struct Client {
    state_dir: PathBuf,
}

/// The runtime's refusal: Kubernetes' Status.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(super) struct Refused {
    pub(super) reason: String,
    message: String,
}

impl Client {
    pub(super) fn new(state_dir: &Path) -> Self {
        Self { state_dir: state_dir.to_owned() }
    }

    /// Whether a runtime answers.
    pub(super) async fn is_served(&self) -> bool {
        socket::connect(&self.state_dir).await.is_ok()
    }

    pub(super) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.ask(Method::GET, path, None).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.ask(Method::POST, path, Some(body)).await
    }

    pub(super) async fn delete(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.ask(Method::DELETE, path, Some(body)).await
    }

    /// A list or an object as a Table.
    pub(super) async fn table(&self, path: &str) -> anyhow::Result<Value> {
        let response = self.send(Method::GET, path, TABLE, None).await?;
        whole(response).await
    }

    /// A stream of lines: a watch, or a log.
    pub(super) async fn stream(&self, path: &str) -> anyhow::Result<Lines> {
        let response = self.send(Method::GET, path, "application/json", None).await?;
        if response.status().is_success() {
            return Ok(Lines { body: response.into_body(), rest: Vec::new() });
        }
        match whole(response).await {
            Err(error) => Err(error),
            Ok(_) => anyhow::bail!("the runtime answered {path} with neither a stream nor an error"),
        }
    }

    async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
        whole(self.send(method, path, "application/json", body).await?).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        accept: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<Response<Incoming>> {
        let state_dir = self.state_dir.display();
        let stream = socket::connect(&self.state_dir).await.map_err(|error| match error.kind() {
            ErrorKind::PermissionDenied => anyhow::anyhow!("the runtime in {state_dir} belongs to another user"),
            ErrorKind::NotFound | ErrorKind::ConnectionRefused => anyhow::anyhow!(
                "no runtime answers in {state_dir}: start one with `proconsul kube up`, or name its directory with --state"
            ),
            _ => anyhow::anyhow!("cannot reach the runtime in {state_dir}: {error}"),
        })?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        // It ends with the answer; what went wrong is told by the answer too.
        tokio::spawn(connection);
        let body = body.map(Value::to_string).unwrap_or_default();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, "kube")
            .header(ACCEPT, accept)
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(body)))?;
        Ok(sender.send_request(request).await?)
    }
}

async fn whole(response: Response<Incoming>) -> anyhow::Result<Value> {
    let status = response.status();
    let bytes = response.into_body().collect().await?.to_bytes();
    let value: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    if status.is_success() {
        return Ok(value);
    }
    let text = |field: &str| value[field].as_str().unwrap_or_default().to_owned();
    if text("message").is_empty() {
        bail!("the runtime answered {status}");
    }
    Err(Refused { reason: text("reason"), message: text("message") }.into())
}

/// The lines of a stream.
pub(super) struct Lines {
    body: Incoming,
    rest: Vec<u8>,
}

impl Lines {
    /// The next line without its end; `None` when the stream ended. Cancel safe.
    pub(super) async fn next(&mut self) -> anyhow::Result<Option<Vec<u8>>> {
        loop {
            if let Some(end) = self.rest.iter().position(|&byte| byte == b'\n') {
                let mut line: Vec<u8> = self.rest.drain(..=end).collect();
                line.pop();
                return Ok(Some(line));
            }
            match self.body.frame().await {
                Some(frame) => self.rest.extend(frame?.into_data().unwrap_or_default()),
                None if self.rest.is_empty() => return Ok(None),
                None => return Ok(Some(std::mem::take(&mut self.rest))),
            }
        }
    }
}

/// The path of a kind's objects, or of one of them.
pub(super) fn path(kind: Kind, namespace: Option<&str>, name: Option<&str>) -> String {
    let resource = kind.resource();
    let root = match resource.group {
        "" => format!("/api/{}", resource.version),
        group => format!("/apis/{group}/{}", resource.version),
    };
    let place = match namespace.filter(|_| resource.is_namespaced) {
        Some(namespace) => format!("{root}/namespaces/{namespace}/{}", resource.plural),
        None => format!("{root}/{}", resource.plural),
    };
    name.map_or(place.clone(), |name| format!("{place}/{name}"))
}
