//! Services and the node in maintenance: taken out of service by a check that an operator sets.

use hyper::StatusCode;
use proconsul_calls::agent::{LocalCalls, Maintenance};
use proconsul_calls::door::Door;

use super::error::AgentRefusal;
use crate::cx::Cx;
use crate::error::HttpError;
use crate::query::truth;
use crate::reply::{self, Reply};

/// `PUT /v1/agent/service/maintenance/ID`.
pub(crate) async fn service_maintenance<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    if cx.rest.is_empty() {
        return Err(AgentRefusal::NoService.into());
    }
    let begin = begin(cx)?;
    cx.default_namespace()?;
    cx.door.agent().service_maintenance(cx.rest, begin).await?;
    Ok(reply::empty(StatusCode::OK))
}

/// `PUT /v1/agent/maintenance`.
pub(crate) async fn node_maintenance<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.door.agent().node_maintenance(begin(cx)?).await?;
    Ok(reply::empty(StatusCode::OK))
}

/// How maintenance begins; `None` for its end.
fn begin<'c, D>(cx: &'c Cx<'_, D>) -> Result<Option<Maintenance<'c>>, AgentRefusal> {
    let enable = cx.query.get("enable").ok_or(AgentRefusal::NoEnable)?;
    match truth(enable) {
        Some(true) => Ok(Some(Maintenance { reason: cx.query.get("reason").unwrap_or_default(), token: cx.token() })),
        Some(false) => Ok(None),
        None => Err(AgentRefusal::Enable(enable.to_owned())),
    }
}
