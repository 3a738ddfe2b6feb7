//! `/v1/connect/`: intentions; certificates are refused, because nobody issues them.

mod body;
mod error;
mod exact;
mod matching;

use hyper::Method;
use proconsul_calls::config::ConfigError;
use proconsul_calls::door::Door;
use proconsul_calls::error::CallError;
use proconsul_calls::intention::{Which, WriteIntention};
use proconsul_calls::read::Answer;
use proconsul_records::shape::INTENTION;
use proconsul_types::intention::Intention;
use serde::Serialize;

use self::body::read;
pub(crate) use self::error::IntentionRefusal;
pub(crate) use self::exact::exact;
pub(crate) use self::matching::{check, matching};
use crate::cx::Cx;
use crate::error::HttpError;
use crate::reply::Reply;

#[derive(Serialize)]
struct Made {
    #[serde(rename = "ID")]
    id: String,
}

/// `/v1/connect/intentions`.
pub(crate) async fn intentions<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let options = cx.read_options()?;
    if *cx.method == Method::POST {
        let intention = read(cx, HttpError::DecodeInside).await?;
        let write = WriteIntention { datacenter: options.datacenter, intention };
        let id = cx.door.intention_create(write).await?;
        return cx.record(&Made { id });
    }
    let selection = cx.selection(&INTENTION)?;
    let Answer { index, contact, value } = cx.door.intention_list(options).await.map_err(HttpError::Read)?;
    cx.answer(&Answer { index, contact, value: selection.from(value) })
}

/// `/v1/connect/intentions/:id`.
pub(crate) async fn intention<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let options = cx.read_options()?;
    let id = Which::Id(cx.rest);
    match *cx.method {
        Method::PUT => {
            let intention = read(cx, |error| IntentionRefusal::Body(error).into()).await?;
            let id = cx.rest.to_owned();
            let intention = Intention { id: id.clone(), ..intention };
            cx.door.intention_update(WriteIntention { datacenter: options.datacenter, intention }).await?;
            cx.record(&Made { id })
        }
        Method::DELETE => {
            cx.door.intention_delete(options.datacenter, id).await?;
            Ok(cx.truth(true))
        }
        _ => cx.record(&cx.door.intention_get(id, options).await?.value),
    }
}

/// `GET /v1/connect/ca/roots`.
pub(crate) async fn roots<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.read_options()?;
    Err(HttpError::Read(no_certificates(cx)))
}

/// `/v1/connect/ca/configuration`, and the agent's own roots and leaf certificates.
pub(crate) async fn certificates<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    Err(no_certificates(cx).into())
}

fn no_certificates<D: Door>(cx: &Cx<'_, D>) -> CallError {
    let error = if cx.door.mesh_is_on() { ConfigError::NoAuthority } else { ConfigError::MeshOff };
    cx.door.as_a_servers(error.into())
}
