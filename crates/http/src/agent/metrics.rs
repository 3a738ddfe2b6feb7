//! `/v1/agent/metrics`: what the agent has counted and timed, as JSON or in the text form of Prometheus.

use std::io;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::StatusCode;
use hyper::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use proconsul_calls::agent::{Intervals, MetricsCalls};
use proconsul_calls::door::Door;
use proconsul_calls::pieces::Pieces;

use crate::cx::Cx;
use crate::error::HttpError;
use crate::json;
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

/// Each interval when it is over, one line of JSON each.
pub(crate) async fn coming<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let mut reply = reply::stream(Box::new(Lines(cx.door.agent().coming_metrics())));
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(reply)
}

/// Intervals as lines of JSON.
struct Lines(Box<dyn Intervals>);

impl Pieces for Lines {
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        self.0.poll_next(cx).map(|interval| {
            interval.map(|interval| {
                let mut line = json::record(&*interval).map_err(io::Error::other)?;
                line.push(b'\n');
                Ok(Bytes::from(line))
            })
        })
    }
}

fn wants_text<D>(cx: &Cx<'_, D>) -> bool {
    let accepted = cx.headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let mut kinds = accepted.split(',').map(|kind| kind.split(';').next().unwrap_or(kind).trim());
    cx.query.filled("format") == Some("prometheus") || kinds.any(|kind| kind == OPEN_METRICS)
}
