//! `/v1/agent/self`: what this agent says about itself.

use proconsul_calls::agent::SelfCalls;
use proconsul_calls::door::Door;

use crate::cx::Cx;
use crate::error::HttpError;
use crate::reply::Reply;

pub(crate) async fn this_agent<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.record(&cx.door.agent().describe())
}
