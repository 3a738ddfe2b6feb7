//! `/v1/agent/connect/authorize`: refused, because nobody here issues the certificates it judges.

use proconsul_calls::door::Door;

use super::error::AgentRefusal;
use crate::cx::Cx;
use crate::error::HttpError;
use crate::reply::Reply;

pub(crate) async fn authorize<D: Door>(_cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    Err(AgentRefusal::NoMesh.into())
}
