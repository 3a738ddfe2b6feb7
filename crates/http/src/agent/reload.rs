//! `/v1/agent/reload`: the configuration is read again.

use hyper::StatusCode;
use proconsul_calls::agent::ReloadCalls;
use proconsul_calls::door::Door;

use crate::cx::Cx;
use crate::error::HttpError;
use crate::reply::{self, Reply};

pub(crate) async fn reload<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.door.agent().reload().await?;
    Ok(reply::empty(StatusCode::OK))
}
