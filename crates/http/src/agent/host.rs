//! `/v1/agent/host`: the machine under this agent.

use proconsul_calls::agent::HostCalls;
use proconsul_calls::door::Door;

use crate::cx::Cx;
use crate::error::HttpError;
use crate::reply::Reply;

pub(crate) async fn host<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.record(&cx.door.agent().host().await)
}
