//! `PUT` and `DELETE` of keys.

use proconsul_base::index::Index;
use proconsul_calls::door::Door;
use proconsul_calls::kv::{Change, When, Write};

use super::key;
use crate::body::BodyLimit;
use crate::cx::Cx;
use crate::error::HttpError;
use crate::query::{self, Query};
use crate::reply::Reply;

pub(super) async fn put<D: Door>(cx: &mut Cx<'_, D>, datacenter: Option<Box<str>>) -> Result<Reply, HttpError> {
    let key = key(cx)?.into();
    not_together(&cx.query, &["acquire", "cas", "release"])?;
    let (flags, when) = (number(&cx.query, "flags")?, when(&cx.query)?);
    let value = cx.bytes(BodyLimit::kv_value(cx.config)).await?;
    let change = Change::Put { key, value, flags: flags.unwrap_or(0), when };
    write(cx, Write { datacenter, change }).await
}

pub(super) async fn delete<D: Door>(cx: &Cx<'_, D>, datacenter: Option<Box<str>>) -> Result<Reply, HttpError> {
    not_together(&cx.query, &["recurse", "cas"])?;
    let change = if cx.query.has("recurse") {
        Change::DeleteTree { prefix: cx.rest.into() }
    } else {
        Change::Delete { key: key(cx)?.into(), cas: number(&cx.query, "cas")?.map(Index) }
    };
    write(cx, Write { datacenter, change }).await
}

async fn write<D: Door>(cx: &Cx<'_, D>, write: Write) -> Result<Reply, HttpError> {
    Ok(cx.truth(cx.door.kv_write(write).await?))
}

fn when(query: &Query<'_>) -> Result<When, HttpError> {
    Ok(match (number(query, "cas")?, query.get("acquire"), query.get("release")) {
        (Some(index), ..) => When::Unchanged(Index(index)),
        (None, Some(session), _) => When::Acquire(session.into()),
        (None, None, Some(session)) => When::Release(session.into()),
        (None, None, None) => When::Always,
    })
}

fn not_together(query: &Query<'_>, names: &[&str]) -> Result<(), HttpError> {
    match names.iter().filter(|name| query.has(name)).count() {
        0 | 1 => Ok(()),
        _ => Err(HttpError::Conflict(query.sorted())),
    }
}

fn number(query: &Query<'_>, name: &str) -> Result<Option<u64>, HttpError> {
    query.get(name).map(query::number).transpose()
}
