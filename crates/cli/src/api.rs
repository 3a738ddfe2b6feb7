//! A small client of the HTTP API: one connection per question, over TCP or a Unix socket.
//!
//! Knows no endpoint; the texts of its errors are those that Consul's client gives.

mod address;
mod connect;
mod error;
pub(crate) mod escape;

use std::net::IpAddr;

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use tokio::runtime::{Builder, Runtime};

pub(crate) use self::address::Address;
use self::connect::Stream;
pub(crate) use self::error::{ApiError, cause};

/// An agent to ask, and what is sent with every question.
pub(crate) struct Api {
    address: Address,
    token: Option<String>,
    user: Option<String>,
    query: Vec<(&'static str, String)>,
    source: Option<IpAddr>,
}

/// An agent's answer.
pub(crate) struct Answer {
    status: u16,
    pub(crate) body: Bytes,
}

impl Api {
    pub(crate) fn new(
        address: Address,
        token: Option<String>,
        user: Option<String>,
        query: Vec<(&'static str, String)>,
        source: Option<IpAddr>,
    ) -> Self {
        Self { address, token, user, query, source }
    }

    /// Asks and waits for the whole answer. `path` is unescaped; the common parameters go before the given ones.
    pub(crate) fn ask(
        &self,
        method: &Method,
        path: &str,
        query: &[(&str, String)],
        body: Vec<u8>,
    ) -> anyhow::Result<Answer> {
        let common = self.query.iter().map(|(name, value)| (*name, value.as_str()));
        let own = query.iter().map(|(name, value)| (*name, value.as_str()));
        let target = escape::target(path, common.chain(own));
        let answer = runtime()?.block_on(self.exchange(method, &target, body));
        answer.map_err(|cause| ApiError::transport(method, &format!("{}{target}", self.address), cause).into())
    }

    /// Asks and reads the JSON of the answer, which has to be 200.
    pub(crate) fn json<T: DeserializeOwned>(&self, path: &str, query: &[(&str, String)]) -> anyhow::Result<T> {
        let answer = self.ask(&Method::GET, path, query, Vec::new())?.success()?;
        serde_json::from_slice(&answer.body).context("the agent's answer is not readable")
    }

    async fn exchange(&self, method: &Method, target: &str, body: Vec<u8>) -> Result<Answer, error::Cause> {
        let stream = Stream::connect(&self.address, self.source).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let mut request = Request::builder().method(method).uri(target).header("Host", self.address.host_header());
        if let Some(token) = &self.token {
            request = request.header("X-Consul-Token", token);
        }
        if let Some(user) = &self.user {
            request = request.header("Authorization", format!("Basic {}", STANDARD.encode(user)));
        }
        let request = request.body(Full::new(Bytes::from(body)))?;
        let response = sender.send_request(request).await?;
        let status = response.status().as_u16();
        Ok(Answer { status, body: response.into_body().collect().await?.to_bytes() })
    }

    #[cfg(test)]
    pub(crate) fn describe(&self) -> String {
        let mut text = self.address.to_string();
        if let Some(token) = &self.token {
            text += &format!(" token={token}");
        }
        if let Some(source) = self.source {
            text += &format!(" from {source}");
        }
        let query = escape::target("", self.query.iter().map(|(name, value)| (*name, value.as_str())));
        if query.is_empty() { text } else { format!("{text} {query}") }
    }
}

impl Answer {
    /// The answer, if it is 200.
    pub(crate) fn success(self) -> Result<Self, ApiError> {
        if self.status == 200 { Ok(self) } else { Err(self.refused()) }
    }

    /// The answer, or `None` when there is nothing at that path (404).
    pub(crate) fn found(self) -> Result<Option<Self>, ApiError> {
        if self.status == 404 { Ok(None) } else { self.success().map(Some) }
    }

    /// The truth that a write answers with.
    pub(crate) fn truth(self) -> Result<bool, ApiError> {
        Ok(self.success()?.body.trim_ascii() == b"true")
    }

    fn refused(self) -> ApiError {
        ApiError::Status { code: self.status, text: String::from_utf8_lossy(&self.body).trim().to_owned() }
    }
}

fn runtime() -> anyhow::Result<Runtime> {
    Builder::new_current_thread().enable_all().build().context("the runtime for network input cannot be started")
}

#[cfg(test)]
mod tests;
