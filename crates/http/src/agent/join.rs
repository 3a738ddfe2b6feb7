//! Members that come, and members that are made to leave.

use hyper::StatusCode;
use proconsul_calls::agent::PoolCalls;
use proconsul_calls::door::Door;

use crate::cx::Cx;
use crate::error::HttpError;
use crate::reply::{self, Reply};

/// `PUT /v1/agent/join/ADDRESS`.
pub(crate) async fn join<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.door.agent().join(&[cx.rest], cx.query.filled("wan").is_some()).await?;
    Ok(reply::empty(StatusCode::OK))
}

/// `PUT /v1/agent/force-leave/NODE`.
pub(crate) async fn force_leave<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.door.agent().force_leave(cx.rest, cx.query.has("prune")).await?;
    Ok(reply::empty(StatusCode::OK))
}
