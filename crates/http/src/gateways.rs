//! `/v1/catalog/gateway-services/:gateway`: the services that a gateway stands for.

use proconsul_calls::door::Door;
use proconsul_calls::read::Answer;

use crate::cx::Cx;
use crate::error::HttpError;
use crate::reply::Reply;

pub(crate) async fn services<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let options = cx.read_options()?;
    let asked = options.consistency;
    cx.default_namespace()?;
    if cx.rest.is_empty() {
        return Err(HttpError::Missing("gateway name"));
    }
    let Answer { index, contact, value } = cx.door.gateway_services(cx.rest, options).await.map_err(HttpError::Read)?;
    // Nothing is shown as `null`.
    let value = Some(value).filter(|services| !services.is_empty());
    cx.discovered(asked, &Answer { index, contact, value })
}
