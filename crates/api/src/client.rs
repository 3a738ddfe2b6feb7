//! The asynchronous client: one connection per question.

use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::client::conn::http1;
use hyper::{Method, Request, Response, body::Incoming};
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;

use crate::address::Address;
use crate::answer::{Answer, Arriving};
use crate::body::Body;
use crate::connect::Stream;
use crate::error::{ApiError, Cause};
use crate::escape;

/// An agent, and what is sent with every question.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the agent is.
    pub address: Address,
    /// The ACL token.
    pub token: Option<String>,
    /// `user:password` for HTTP's basic authentication.
    pub user: Option<String>,
    /// Parameters of every question, such as `dc`; a question's own parameter of the same name takes the place of one.
    pub query: Vec<(&'static str, String)>,
    /// The address of this machine to ask from.
    pub source: Option<IpAddr>,
}

impl Settings {
    /// An agent that is asked without any of the rest.
    pub fn new(address: Address) -> Self {
        Self { address, token: None, user: None, query: Vec::new(), source: None }
    }
}

/// One question.
#[derive(Debug)]
pub struct Question<'a> {
    method: Method,
    path: &'a str,
    is_escaped: bool,
    query: Vec<(&'a str, String)>,
    headers: Vec<(&'a str, &'a str)>,
    body: Body,
}

impl<'a> Question<'a> {
    /// A question without parameters and body. The path is not escaped yet.
    pub fn new(method: Method, path: &'a str) -> Self {
        Self { method, path, is_escaped: false, query: Vec::new(), headers: Vec::new(), body: Body::empty() }
    }

    /// A question whose path, with parameters of its own, is sent as it is; it takes no others.
    pub fn as_is(method: Method, target: &'a str) -> Self {
        Self { is_escaped: true, ..Self::new(method, target) }
    }

    /// The same with one more header.
    #[must_use]
    pub fn header(mut self, name: &'a str, value: &'a str) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The same with these parameters.
    #[must_use]
    pub fn query(mut self, query: &[(&'a str, String)]) -> Self {
        self.query.extend_from_slice(query);
        self
    }

    /// The same with this body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }
}

/// Asks one agent.
#[derive(Clone, Debug)]
pub struct Client {
    settings: Settings,
}

impl Client {
    /// A client of this agent; nothing is connected before a question is asked.
    pub const fn new(settings: Settings) -> Self {
        Self { settings }
    }

    /// The agent, and what every question carries.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Asks, and waits for the whole answer, whatever its status.
    ///
    /// # Errors
    /// [`ApiError::Transport`].
    pub async fn ask(&self, question: Question<'_>) -> Result<Answer, ApiError> {
        self.open(question).await?.whole().await
    }

    /// Asks, and reads the JSON of the answer, which has to be 200.
    ///
    /// # Errors
    /// Any [`ApiError`].
    pub async fn json<T: DeserializeOwned>(&self, question: Question<'_>) -> Result<T, ApiError> {
        self.ask(question).await?.success()?.json()
    }

    /// Asks, and waits for the head of the answer; its body is taken piece by piece.
    ///
    /// # Errors
    /// [`ApiError::Transport`].
    pub async fn open(&self, question: Question<'_>) -> Result<Arriving, ApiError> {
        let Question { method, path, is_escaped, query, headers, body } = question;
        let target = if is_escaped { path.to_owned() } else { self.target(path, &query) };
        let url = format!("{}{target}", self.settings.address);
        match self.exchange(&method, &target, &headers, body).await {
            Ok(response) => Ok(Arriving::new(response, method, url)),
            Err(cause) => Err(ApiError::transport(&method, &url, cause)),
        }
    }

    fn target(&self, path: &str, query: &[(&str, String)]) -> String {
        let is_own = |name: &str| query.iter().any(|(own, _)| *own == name);
        let common = self.settings.query.iter().filter(|(name, _)| !is_own(name));
        let common = common.map(|(name, value)| (*name, value.as_str()));
        let own = query.iter().map(|(name, value)| (*name, value.as_str()));
        escape::target(path, common.chain(own))
    }

    async fn exchange(
        &self,
        method: &Method,
        target: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Result<Response<Incoming>, Cause> {
        let settings = &self.settings;
        let stream = Stream::connect(&settings.address, settings.source).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // It ends with the answer, or when the answer is dropped.
        tokio::spawn(connection);
        let mut request = Request::builder().method(method).uri(target).header("Host", settings.address.host_header());
        if let Some(token) = &settings.token {
            request = request.header("X-Consul-Token", token);
        }
        if let Some(user) = &settings.user {
            request = request.header("Authorization", format!("Basic {}", STANDARD.encode(user)));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Ok(sender.send_request(request.body(body)?).await?)
    }
}
