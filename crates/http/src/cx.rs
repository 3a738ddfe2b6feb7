//! One request as the handlers see it.

use bytes::Bytes;
use hyper::Method;
use hyper::body::Incoming;
use proconsul_calls::read::ReadOptions;
use serde::Serialize;

use crate::error::HttpError;
use crate::progress::Progress;
use crate::query::Query;
use crate::reply::{self, Reply};
use crate::serve::HttpConfig;
use crate::{json, options};

/// A request with its route found: what is left is to make the call.
pub(crate) struct Cx<'a, D> {
    /// Who answers.
    pub(crate) door: &'a D,
    /// How this door is set up.
    pub(crate) config: &'a HttpConfig,
    /// The method; one that the route has.
    pub(crate) method: &'a Method,
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
        options::read(&self.query)
    }

    /// JSON in the form this request wants.
    pub(crate) fn json(&self, compact: Vec<u8>) -> Reply {
        let is_pretty = self.config.pretty || self.query.has("pretty");
        reply::json(Bytes::from(if is_pretty { json::pretty(&compact) } else { compact }))
    }

    /// A record in the form this request wants.
    pub(crate) fn record(&self, value: &impl Serialize) -> Result<Reply, HttpError> {
        Ok(self.json(json::record(value).map_err(|_| HttpError::Record)?))
    }

    /// Whether something took place.
    pub(crate) fn truth(&self, truth: bool) -> Reply {
        if self.config.pretty || self.query.has("pretty") {
            return self.json(if truth { b"true".to_vec() } else { b"false".to_vec() });
        }
        reply::json(Bytes::from_static(if truth { b"true" } else { b"false" }))
    }
}
