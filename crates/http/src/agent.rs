//! `/v1/agent/`: answered by this agent alone, whatever datacenter is asked for.

use hyper::StatusCode;
use proconsul_calls::agent::{AgentError, PoolCalls, SelfCalls};
use proconsul_calls::door::Door;

use crate::cx::Cx;
use crate::error::HttpError;
use crate::reply::{self, Reply};

pub(crate) async fn members<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    if cx.query.filled("segment").is_some_and(|segment| segment != "_all") {
        return Err(HttpError::Segment);
    }
    cx.record(&cx.door.agent().members(cx.query.has("wan")))
}

pub(crate) async fn this_agent<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.record(&cx.door.agent().describe())
}

pub(crate) async fn leave<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.door.agent().leave().await?;
    Ok(reply::empty(StatusCode::OK))
}

/// The status of what the agent did not do.
pub(crate) fn status(error: &AgentError) -> StatusCode {
    match error {
        AgentError::PermissionDenied => StatusCode::FORBIDDEN,
        AgentError::UnknownService(_) => StatusCode::NOT_FOUND,
    }
}
