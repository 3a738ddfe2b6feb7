//! `/v1/session/`: sessions made, shown, renewed, destroyed.

mod create;

use proconsul_calls::door::Door;
use proconsul_calls::session::{ById, Info, OfNode};

pub(crate) use self::create::create;
use crate::cx::Cx;
use crate::error::HttpError;
use crate::reply::Reply;

/// The id of a request that is about one session.
fn by_id<'a, D>(cx: &Cx<'a, D>) -> Result<ById<'a>, HttpError> {
    cx.default_namespace()?;
    if cx.rest.is_empty() {
        return Err(HttpError::Missing("session"));
    }
    Ok(ById { datacenter: cx.query.filled("dc").map(Into::into), id: cx.rest })
}

pub(crate) async fn destroy<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let session = by_id(cx)?;
    cx.door.session_destroy(session).await?;
    Ok(cx.truth(true))
}

pub(crate) async fn renew<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let session = by_id(cx)?;
    match cx.door.session_renew(session).await? {
        Some(session) => cx.record(&[session]),
        None => Err(HttpError::NoSession(cx.rest.to_owned())),
    }
}

pub(crate) async fn info<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let options = cx.read_options()?;
    let ById { id, .. } = by_id(cx)?;
    cx.answer(&cx.door.session_info(Info { id, options }).await.map_err(HttpError::Read)?)
}

pub(crate) async fn node<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let options = cx.read_options()?;
    cx.default_namespace()?;
    if cx.rest.is_empty() {
        return Err(HttpError::Missing("node name"));
    }
    cx.answer(&cx.door.session_node(OfNode { node: cx.rest, options }).await.map_err(HttpError::Read)?)
}

pub(crate) async fn list<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let options = cx.read_options()?;
    cx.default_namespace()?;
    cx.answer(&cx.door.session_list(options).await.map_err(HttpError::Read)?)
}
