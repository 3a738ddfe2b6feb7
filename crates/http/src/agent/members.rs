//! `/v1/agent/members` and `leave`: the cluster as gossip sees it from here, and this agent's place in it.

use hyper::StatusCode;
use proconsul_calls::agent::{PoolCalls, SelfCalls};
use proconsul_calls::door::Door;

use super::error::AgentRefusal;
use crate::cx::Cx;
use crate::error::HttpError;
use crate::reply::{self, Reply};

pub(crate) async fn members<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    if let Some(segment) = cx.query.filled("segment").filter(|segment| *segment != "_all") {
        // A client agent looks for the segment all the same.
        let is_server = cx.door.agent().describe().config.server;
        return Err(if is_server { HttpError::Segment } else { AgentRefusal::NoSegment(segment.to_owned()).into() });
    }
    cx.record(&cx.door.agent().members(cx.query.filled("wan").is_some()))
}

pub(crate) async fn leave<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.door.agent().leave().await?;
    Ok(reply::empty(StatusCode::OK))
}
