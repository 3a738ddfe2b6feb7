//! `/v1/kv/`: read the request, make the typed call, write the answer; no decision lives here.

mod entry;
mod write;

pub(crate) use self::entry::object;

use hyper::{Method, StatusCode};
use proconsul_calls::door::Door;
use proconsul_calls::kv::{Get, Keys, List};
use proconsul_calls::read::{Answer, ReadOptions};

use crate::cx::Cx;
use crate::error::HttpError;
use crate::json;
use crate::reply::{self, Reply};

pub(crate) async fn answer<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let options = cx.read_options()?;
    cx.default_namespace()?;
    match *cx.method {
        Method::PUT => write::put(cx, options.datacenter).await,
        Method::DELETE => write::delete(cx, options.datacenter).await,
        _ if cx.query.has("keys") => keys(cx, options).await,
        _ if cx.query.has("recurse") => list(cx, options).await,
        _ => get(cx, options).await,
    }
}

async fn get<D: Door>(cx: &Cx<'_, D>, options: ReadOptions) -> Result<Reply, HttpError> {
    let key = key(cx)?;
    let Answer { index, contact, value } = cx.door.kv_get(Get { key, options }).await?;
    let reply = match value {
        None => reply::empty(StatusCode::NOT_FOUND),
        Some(entry) if cx.query.has("raw") => reply::raw(entry.value.clone()),
        Some(entry) => cx.json(entry::array([&*entry].into_iter())),
    };
    Ok(reply::with_read(reply, index.0, contact))
}

async fn list<D: Door>(cx: &Cx<'_, D>, options: ReadOptions) -> Result<Reply, HttpError> {
    let Answer { index, contact, value } = cx.door.kv_list(List { prefix: cx.rest, options }).await?;
    let reply = match &value[..] {
        [] => reply::empty(StatusCode::NOT_FOUND),
        entries => cx.json(entry::array(entries.iter().map(|entry| &**entry))),
    };
    Ok(reply::with_read(reply, index.0, contact))
}

/// Nothing is found under any prefix but the empty one, which is always there.
async fn keys<D: Door>(cx: &Cx<'_, D>, options: ReadOptions) -> Result<Reply, HttpError> {
    let separator = cx.query.get("separator").unwrap_or_default();
    let Answer { index, contact, value } = cx.door.kv_keys(Keys { prefix: cx.rest, separator, options }).await?;
    let reply = if value.is_empty() && !cx.rest.is_empty() {
        reply::empty(StatusCode::NOT_FOUND)
    } else {
        let mut out = vec![b'['];
        for (place, key) in value.iter().enumerate() {
            if place > 0 {
                out.push(b',');
            }
            json::string(&mut out, key);
        }
        out.push(b']');
        cx.json(out)
    };
    Ok(reply::with_read(reply, index.0, contact))
}

/// The key of a request that is about one.
fn key<'a, D>(cx: &Cx<'a, D>) -> Result<&'a str, HttpError> {
    if cx.rest.is_empty() { Err(HttpError::Missing("key name")) } else { Ok(cx.rest) }
}
