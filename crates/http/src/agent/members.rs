//! `/v1/agent/members` and `leave`: the cluster as gossip sees it from here, and this agent's place in it.

use hyper::StatusCode;
use proconsul_calls::agent::PoolCalls;
use proconsul_calls::door::Door;

use crate::cx::Cx;
use crate::error::HttpError;
use crate::reply::{self, Reply};

pub(crate) async fn members<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    if cx.query.filled("segment").is_some_and(|segment| segment != "_all") {
        return Err(HttpError::Segment);
    }
    cx.record(&cx.door.agent().members(cx.query.filled("wan").is_some()))
}

pub(crate) async fn leave<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.door.agent().leave().await?;
    Ok(reply::empty(StatusCode::OK))
}
