//! `/v1/catalog/`.

use proconsul_calls::door::Door;

use crate::cx::Cx;
use crate::error::HttpError;
use crate::reply::Reply;

/// The names of the known datacenters; every agent knows them, so no datacenter can be asked for.
pub(crate) async fn datacenters<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.read_options()?;
    cx.record(&cx.door.catalog_datacenters())
}
