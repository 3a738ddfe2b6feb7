//! `/v1/config`: config entries written, read, removed.

mod decode;
mod error;

use bytes::Bytes;
use hyper::{Method, StatusCode};
use proconsul_base::index::Index;
use proconsul_calls::config::{DeleteEntry, GetEntry, ListEntries, SetEntry};
use proconsul_calls::door::Door;
use proconsul_calls::error::CallError;
use proconsul_types::config_entry::{Kind, UnknownKind};

pub(crate) use self::error::ConfigRefusal;
use crate::body::BodyLimit;
use crate::cx::Cx;
use crate::error::HttpError;
use crate::reply::{self, Reply};

/// `PUT /v1/config`. Config entries belong to the first datacenter, whatever `?dc` says.
pub(crate) async fn set<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.default_namespace()?;
    let entry = decode::entry(&cx.bytes(BodyLimit::ANY).await?)?;
    let cas = cx.query.filled("cas").map(crate::query::number).transpose()?.map(Index);
    Ok(cx.truth(cx.door.config_set(SetEntry { entry, cas }).await?))
}

/// `/v1/config/:kind/:name` and, for reading, `/v1/config/:kind`.
pub(crate) async fn entry<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.default_namespace()?;
    let (kind, name) = match cx.rest.split_once('/') {
        Some((kind, name)) => (kind, Some(name)),
        None => (cx.rest, None),
    };
    match (cx.method, name) {
        (&Method::DELETE, Some(name)) => delete(cx, kind, name).await,
        (&Method::DELETE, None) => Err(ConfigRefusal::KindAndName.into()),
        (_, Some(name)) => get(cx, kind, name).await,
        (_, None) => list(cx, kind).await,
    }
}

async fn list<D: Door>(cx: &Cx<'_, D>, kind: &str) -> Result<Reply, HttpError> {
    let options = cx.read_options()?;
    let kind = if kind.is_empty() { None } else { Some(read_kind(cx, kind)?) };
    cx.answer(&cx.door.config_list(ListEntries { kind, options }).await?)
}

async fn get<D: Door>(cx: &Cx<'_, D>, kind: &str, name: &str) -> Result<Reply, HttpError> {
    let options = cx.read_options()?;
    let kind = read_kind(cx, kind)?;
    let answer = cx.door.config_get(GetEntry { kind, name, options }).await?;
    let reply = match &answer.value {
        Some(record) => cx.record(record)?,
        None => {
            let text = format!("Config entry not found for \"{kind}\" / {name:?}");
            reply::text(StatusCode::NOT_FOUND, Bytes::from(text))
        }
    };
    Ok(reply::with_read(reply, answer.index.0, answer.contact))
}

/// Servers say that there is no such kind.
fn read_kind<D: Door>(cx: &Cx<'_, D>, kind: &str) -> Result<Kind, HttpError> {
    let refused = |error: UnknownKind| cx.door.as_a_servers(CallError::Failed(error.to_string()));
    Ok(kind.parse().map_err(refused)?)
}

/// Answers with an empty object; with `cas`, which came with Consul 1.12, with whether it took place.
async fn delete<D: Door>(cx: &Cx<'_, D>, kind: &str, name: &str) -> Result<Reply, HttpError> {
    let kind = kind.parse().map_err(ConfigRefusal::WriteKind)?;
    let cas = cx.query.filled("cas").map(crate::query::number).transpose()?.map(Index);
    let is_done = cx.door.config_delete(DeleteEntry { kind, name: name.to_owned(), cas }).await?;
    Ok(if cas.is_some() { cx.truth(is_done) } else { cx.json(b"{}".to_vec()) })
}
