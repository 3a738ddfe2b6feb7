//! One request as the handlers see it.

use std::net::IpAddr;

use bytes::Bytes;
use hyper::body::{Body, Incoming};
use hyper::header::{AUTHORIZATION, HeaderName};
use hyper::{HeaderMap, Method};
use proconsul_calls::agent::HasAgent;
use proconsul_calls::error::CallError;
use proconsul_calls::read::{Answer, Consistency, ReadOptions};
use proconsul_filter::{FilterError, Shape};
use serde::Serialize;

use crate::body::{self, BodyLimit};
use crate::cached::Control;
use crate::decode::{self, DecodeError, FromJson};
use crate::error::HttpError;
use crate::progress::Progress;
use crate::query::Query;
use crate::reply::{self, Reply};
use crate::selection::Selection;
use crate::serve::HttpConfig;
use crate::{json, options};

const TOKEN: HeaderName = HeaderName::from_static("x-consul-token");

const NAMESPACE: &str = "x-consul-namespace";

/// A request with its route found: what is left is to make the call.
pub(crate) struct Cx<'a, D> {
    /// Who answers.
    pub(crate) door: &'a D,
    /// How this door is set up.
    pub(crate) config: &'a HttpConfig,
    /// The method; one that the route has.
    pub(crate) method: &'a Method,
    /// The headers.
    pub(crate) headers: &'a HeaderMap,
    /// Where the connection comes from.
    pub(crate) client: IpAddr,
    /// The decoded path.
    pub(crate) path: &'a str,
    /// The decoded path after the route's own part.
    pub(crate) rest: &'a str,
    /// The query.
    pub(crate) query: Query<'a>,
    /// Who is told when the client has to send more.
    pub(crate) progress: &'a Progress,
    /// The body, unread.
    pub(crate) body: Incoming,
}

impl<D> Cx<'_, D> {
    /// The options of a read.
    pub(crate) fn read_options(&self) -> Result<ReadOptions, HttpError> {
        Control::of(self.headers)?;
        options::read(&self.query, self.path, self.config.discovery_max_stale)
    }

    /// Refuses every namespace but the one there is.
    pub(crate) fn default_namespace(&self) -> Result<(), HttpError> {
        let asked = [
            ("query parameter: \"ns\"", self.query.filled("ns")),
            ("header: \"X-Consul-Namespace\"", self.headers.get(NAMESPACE).and_then(|value| value.to_str().ok())),
        ];
        let other = asked.into_iter().find(|(_, name)| name.is_some_and(|name| !matches!(name, "" | "default")));
        other.map_or(Ok(()), |(place, _)| Err(HttpError::Namespace(place)))
    }

    /// The token of the request, from where Consul looks for it, in its order; empty for none.
    pub(crate) fn token(&self) -> &str {
        let header = |name: HeaderName| self.headers.get(name).and_then(|value| value.to_str().ok());
        let bearer = || header(AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer ")).map(str::trim);
        let given = self.query.filled("token").or_else(|| header(TOKEN).filter(|token| !token.is_empty()));
        given.or_else(bearer).unwrap_or_default()
    }

    /// Whether a body comes with the request. One that does not say how long it is counts as none, as in Consul.
    pub(crate) fn has_body(&self) -> bool {
        self.body.size_hint().exact().is_some_and(|bytes| bytes > 0)
    }

    /// The bytes of the body.
    pub(crate) async fn bytes(&mut self, limit: BodyLimit) -> Result<Bytes, HttpError> {
        body::read(&mut self.body, limit, self.progress).await
    }

    /// The body, read as JSON; `wrong` says how the family tells of one that cannot be.
    pub(crate) async fn decoded<T: FromJson>(
        &mut self,
        limit: BodyLimit,
        wrong: fn(DecodeError) -> HttpError,
    ) -> Result<T, HttpError> {
        decode::body(&self.bytes(limit).await?).map_err(wrong)
    }

    /// The value of a read, with the headers of a read.
    pub(crate) fn answer<T: Serialize>(&self, answer: &Answer<T>) -> Result<Reply, HttpError> {
        Ok(reply::with_read(self.record(&answer.value)?, answer.index.0, answer.contact))
    }

    /// The value of a read with the headers of a read, and how fresh it was asked to be: for catalog, health, discovery
    /// chains and queries.
    pub(crate) fn discovered<T: Serialize>(&self, asked: Consistency, answer: &Answer<T>) -> Result<Reply, HttpError> {
        Ok(reply::with_consistency(self.answer(answer)?, asked, answer.contact))
    }

    /// Whether JSON is wanted without space in it.
    pub(crate) fn is_compact(&self) -> bool {
        !self.config.pretty && !self.query.has("pretty")
    }

    /// JSON in the form this request wants.
    pub(crate) fn json(&self, compact: Vec<u8>) -> Reply {
        reply::json(Bytes::from(if self.is_compact() { compact } else { json::pretty(&compact) }))
    }

    /// A record in the form this request wants.
    pub(crate) fn record(&self, value: &impl Serialize) -> Result<Reply, HttpError> {
        Ok(self.json(json::record(value).map_err(|_| HttpError::Record)?))
    }

    /// Whether something took place.
    pub(crate) fn truth(&self, truth: bool) -> Reply {
        if !self.is_compact() {
            return self.json(if truth { b"true".to_vec() } else { b"false".to_vec() });
        }
        reply::json(Bytes::from_static(if truth { b"true" } else { b"false" }))
    }
}

impl<D: HasAgent> Cx<'_, D> {
    /// What the filter of a read leaves of its list.
    pub(crate) fn selection(&self, shape: &'static Shape) -> Result<Selection, HttpError> {
        let refused = |error: FilterError| self.door.as_a_servers(CallError::Failed(error.to_string()));
        Selection::of(&self.query, shape).map_err(|error| HttpError::Read(refused(error)))
    }
}
