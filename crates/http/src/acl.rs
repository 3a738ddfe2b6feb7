//! `/v1/acl/`: what Consul says there while access control is off.

use proconsul_calls::door::Door;

use crate::cx::Cx;
use crate::error::HttpError;
use crate::reply::Reply;

/// Nothing of this works without access control.
pub(crate) async fn disabled<D: Door>(_cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    Err(HttpError::AclDisabled)
}
