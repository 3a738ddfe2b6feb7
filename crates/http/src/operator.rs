//! `/v1/operator/`.

use proconsul_calls::door::Door;

use crate::cx::Cx;
use crate::error::HttpError;
use crate::reply::Reply;

pub(crate) async fn raft_configuration<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let options = cx.read_options()?;
    cx.record(&cx.door.raft_configuration(options).await?)
}
