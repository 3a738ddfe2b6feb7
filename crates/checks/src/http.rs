//! What an HTTP server answers: any 2xx passes, 429 warns, all else is critical.
//!
//! Each attempt has a connection of its own. The body is read to its end, or to the timeout, and its last bytes are kept: what
//! was answered counts, even when the body never ends.

mod exchange;
mod target;

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, StatusCode};
use proconsul_base::text::quote::quoted;
use tokio::time::{Instant, timeout_at};

use self::exchange::{Answer, ExchangeError, Question, exchange};
use self::target::{Target, TargetError};
use crate::captured::Captured;
use crate::network::Network;
use crate::outcome::{Outcome, Status};
use crate::tls::TlsClient;

/// Redirections that are followed: Go's number.
const REDIRECTS_MAX: usize = 10;

/// An HTTP request.
#[derive(Debug)]
pub(crate) struct Http {
    pub(crate) url: String,
    /// Empty for GET.
    pub(crate) method: String,
    pub(crate) header: BTreeMap<String, Vec<String>>,
    pub(crate) body: String,
    /// Whether redirections are judged as they are.
    pub(crate) disable_redirects: bool,
    pub(crate) timeout: Duration,
    /// How much of the body is told, in bytes.
    pub(crate) output_max: usize,
    pub(crate) network: Network,
    pub(crate) tls: TlsClient,
}

/// Why there was no answer to judge, with Go's texts.
#[derive(Debug, thiserror::Error)]
enum HttpError {
    #[error("net/http: invalid method {}", quoted(.0))]
    Method(String),
    #[error(transparent)]
    Url(TargetError),
    #[error("{} {:?}: {source}", title(.method), .url)]
    Ask { method: String, url: String, source: AskError },
}

/// Why a request was not answered.
#[derive(Debug, thiserror::Error)]
enum AskError {
    #[error(transparent)]
    Target(#[from] TargetError),
    #[error("net/http: invalid header field name {}", quoted(.0))]
    HeaderName(String),
    #[error("net/http: invalid header field value for {}", quoted(.0))]
    HeaderValue(String),
    #[error("{0} response missing Location header")]
    NoLocation(u16),
    #[error("failed to parse Location header {0:?}: {1}")]
    Location(String, TargetError),
    #[error("stopped after {REDIRECTS_MAX} redirects")]
    Redirects,
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    #[error("context deadline exceeded (Client.Timeout exceeded while awaiting headers)")]
    Timeout,
}

impl Http {
    pub(crate) async fn run(&self) -> Outcome {
        let until = Instant::now() + self.timeout;
        let mut answer = match self.answer(until).await {
            Ok(answer) => answer,
            Err(error) => return Outcome::critical(error),
        };
        let mut captured = Captured::new(self.output_max);
        // An error or the timeout ends the body, and what came counts.
        while let Ok(Some(Ok(frame))) = timeout_at(until, answer.response.body_mut().frame()).await {
            frame.data_ref().into_iter().for_each(|data| captured.write(data));
        }
        let (method, status) = (self.method(), answer.status());
        let output = format!("HTTP {method} {}: {status} Output: {}", self.url, captured.text());
        Outcome { status: Status::of_code(answer.response.status().as_u16()), output }
    }

    fn method(&self) -> &str {
        if self.method.is_empty() { "GET" } else { &self.method }
    }

    /// The answer at the end of all redirections.
    async fn answer(&self, until: Instant) -> Result<Answer, HttpError> {
        let method = Method::from_bytes(self.method().as_bytes());
        let method = method.map_err(|_| HttpError::Method(self.method.clone()))?;
        let mut url = self.url.clone();
        let answer = timeout_at(until, self.ask(method, until, &mut url)).await.unwrap_or(Err(AskError::Timeout));
        answer.map_err(|source| match source {
            AskError::Target(error) if error.is_syntax() => HttpError::Url(error),
            source => HttpError::Ask { method: self.method().to_owned(), url, source },
        })
    }

    /// Asks, and follows where the answers lead. `url` is kept at what was asked last.
    async fn ask(&self, method: Method, until: Instant, url: &mut String) -> Result<Answer, AskError> {
        let target = Target::parse(&self.url)?;
        *url = target.text.clone();
        let header = self.headers(&target)?;
        let mut question = Question { method, target, header, body: Bytes::from(self.body.clone()) };
        for _ in 0..REDIRECTS_MAX {
            let answer = exchange(&question, &self.network, &self.tls, until).await?;
            let status = answer.response.status();
            if self.disable_redirects || !leads_on(status) {
                return Ok(answer);
            }
            let Some(location) = answer.response.headers().get(header::LOCATION) else {
                // The permanent and temporary ones that keep the method may stand for themselves.
                let alone = matches!(status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
                return if alone { Ok(answer) } else { Err(AskError::NoLocation(status.as_u16())) };
            };
            let location = String::from_utf8_lossy(location.as_bytes()).into_owned();
            let next = question.target.follow(&location).map_err(|error| AskError::Location(location, error))?;
            *url = next.text.clone();
            question.lead_to(next, status);
        }
        Err(AskError::Redirects)
    }

    /// The given headers, and Consul's own where they say nothing else.
    fn headers(&self, target: &Target) -> Result<HeaderMap, AskError> {
        let mut headers = HeaderMap::new();
        for (name, values) in &self.header {
            let name = HeaderName::try_from(name).map_err(|_| AskError::HeaderName(name.clone()))?;
            for value in values {
                let value = HeaderValue::try_from(value).map_err(|_| AskError::HeaderValue(name.to_string()))?;
                headers.append(name.clone(), value);
            }
        }
        let mut unless_given = |name: HeaderName, value: &str| {
            if let (false, Ok(value)) = (headers.contains_key(&name), HeaderValue::try_from(value)) {
                headers.insert(name, value);
            }
        };
        unless_given(header::HOST, &target.authority);
        unless_given(header::USER_AGENT, "Consul Health Check");
        unless_given(header::ACCEPT, "text/plain, text/*, */*");
        if let Some(authorization) = &target.authorization {
            unless_given(header::AUTHORIZATION, authorization);
        }
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        Ok(headers)
    }
}

fn leads_on(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// `GET` as `Get`, as Go begins its errors.
fn title(method: &str) -> String {
    let (first, rest) = method.split_at(method.chars().next().map_or(0, char::len_utf8));
    format!("{first}{}", rest.to_lowercase())
}

#[cfg(test)]
mod tests;
