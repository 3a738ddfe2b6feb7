//! `/v1/agent/metrics`: what the agent has counted and timed, as JSON or in the text form of Prometheus.

use bytes::Bytes;
use hyper::StatusCode;
use hyper::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use proconsul_calls::agent::MetricsCalls;
use proconsul_calls::door::Door;

use crate::cx::Cx;
use crate::error::HttpError;
use crate::reply::{self, Reply};

/// The version of the text form.
const EXPOSITION: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

/// What scrapers of newer versions ask for; they understand the older form as well.
const OPEN_METRICS: &str = "application/openmetrics-text";

pub(crate) async fn metrics<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    if !wants_text(cx) {
        return cx.record(&*cx.door.agent().metrics());
    }
    let text = cx.door.agent().prometheus().ok_or(HttpError::NoPrometheus)?;
    let mut reply = reply::text(StatusCode::OK, Bytes::from(text));
    reply.headers_mut().insert(CONTENT_TYPE, EXPOSITION);
    Ok(reply)
}

fn wants_text<D>(cx: &Cx<'_, D>) -> bool {
    let accepted = cx.headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let mut kinds = accepted.split(',').map(|kind| kind.split(';').next().unwrap_or(kind).trim());
    cx.query.filled("format") == Some("prometheus") || kinds.any(|kind| kind == OPEN_METRICS)
}
