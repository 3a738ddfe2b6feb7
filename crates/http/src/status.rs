//! `/v1/status/`: who leads, and who is there.

use proconsul_calls::door::Door;

use crate::cx::Cx;
use crate::error::HttpError;
use crate::reply::Reply;

/// The leader's address, or an empty text.
pub(crate) async fn leader<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let options = cx.read_options()?;
    let leader = cx.door.status_leader(options.datacenter.as_deref()).await?;
    cx.record(&leader.map_or_else(String::new, |address| address.to_string()))
}

pub(crate) async fn peers<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let options = cx.read_options()?;
    cx.record(&cx.door.status_peers(options.datacenter.as_deref()).await?)
}
