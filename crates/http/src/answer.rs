//! From a request to its answer: the path is checked, the route found, the handler called.

use std::borrow::Cow;
use std::net::IpAddr;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::{HeaderMap, Method, Request, StatusCode};
use proconsul_calls::door::Door;

use crate::cx::Cx;
use crate::error::HttpError;
use crate::path::{self, PathError};
use crate::progress::Progress;
use crate::query::Query;
use crate::reply::{self, Reply};
use crate::routes::{self, FAMILIES, surface};
use crate::serve::HttpConfig;
use crate::{gzip, page, redirect};

/// Answers one request.
pub(crate) async fn answer<D: Door>(
    door: &D,
    config: &HttpConfig,
    progress: &Progress,
    client: IpAddr,
    request: Request<Incoming>,
) -> Reply {
    let (head, body) = request.into_parts();
    let (method, query) = (&head.method, head.uri.query());
    let path = match path::decode(head.uri.path(), config.unprintable_paths) {
        Ok(path) => path,
        Err(PathError::Escape) => return reply::malformed(),
        Err(PathError::NotText) => return reply::error(&HttpError::NotText),
        Err(PathError::Unprintable) => return reply::nowhere(StatusCode::BAD_REQUEST),
    };
    let clean = path::cleaned(&path).map_or(Cow::Borrowed(&*path), Cow::Owned);
    if let Some(moved) = elsewhere(&path, &clean, config) {
        return redirect::moved_path(method, &moved, query);
    }
    let Some((route, rest)) = surface::find(FAMILIES, &path) else {
        return page::answer(config, method, &path);
    };
    let reply = match allowed(config, method, &path, client).and_then(|()| Query::parse(query)) {
        _ if !route.has(method) && !config.blocks(&path) => reply::with_allow(without_call(method), route.allow),
        Err(error) => reply::error(&error),
        Ok(query) => {
            let mut cx = Cx { door, config, method, headers: &head.headers, path: &path, rest, query, progress, body };
            routes::call(route.call, &mut cx).await.unwrap_or_else(|error| reply::error(&error))
        }
    };
    finished(reply, config, &head.headers).await
}

/// Whether the agent's configuration lets this client ask for this.
fn allowed(config: &HttpConfig, method: &Method, path: &str, client: IpAddr) -> Result<(), HttpError> {
    if config.blocks(path) {
        return Err(HttpError::Blocked);
    }
    let is_write = !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    let may_write = || config.allow_write_from.iter().any(|block| block.holds(client));
    if is_write && !config.allow_write_from.is_empty() && !may_write() {
        return Err(HttpError::Restricted);
    }
    Ok(())
}

/// What is done to every answer of a route.
async fn finished(mut reply: Reply, config: &HttpConfig, asked: &HeaderMap) -> Reply {
    for (name, value) in &config.response_headers {
        if !reply.headers().contains_key(name) {
            reply.headers_mut().insert(name, value.clone());
        }
    }
    if gzip::is_accepted(asked) { gzip::encoded(reply).await } else { reply }
}

/// Where a path that is not clean, or lacks the slash of a route, is to be asked for.
fn elsewhere<'a>(path: &str, clean: &'a str, config: &HttpConfig) -> Option<Cow<'a, str>> {
    let is_tree_of_page = config.ui && page::TREE.strip_suffix('/') == Some(clean);
    if is_tree_of_page || surface::lacks_slash(FAMILIES, clean) {
        return Some(Cow::Owned(format!("{clean}/")));
    }
    (clean != path).then_some(Cow::Borrowed(clean))
}

fn without_call(method: &Method) -> Reply {
    if *method == Method::OPTIONS {
        return reply::empty(StatusCode::OK);
    }
    let text = format!("method {method} not allowed");
    reply::text(StatusCode::METHOD_NOT_ALLOWED, Bytes::from(text))
}
