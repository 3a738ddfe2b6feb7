//! From a request to its answer: the path is checked, the route found, the handler called.

use std::borrow::Cow;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::{Method, Request, StatusCode};
use proconsul_calls::door::Door;

use crate::cx::Cx;
use crate::error::HttpError;
use crate::path::{self, PathError};
use crate::progress::Progress;
use crate::query::Query;
use crate::reply::{self, Reply};
use crate::routes::{self, FAMILIES, surface};
use crate::serve::HttpConfig;
use crate::{page, redirect};

/// Answers one request.
pub(crate) async fn answer<D: Door>(
    door: &D,
    config: &HttpConfig,
    progress: &Progress,
    request: Request<Incoming>,
) -> Reply {
    let (head, body) = request.into_parts();
    let (method, query) = (&head.method, head.uri.query());
    let path = match path::decode(head.uri.path()) {
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
    if !route.has(method) {
        return reply::with_allow(without_call(method), route.allow);
    }
    let query = match Query::parse(query) {
        Ok(query) => query,
        Err(error) => return reply::error(&error),
    };
    let mut cx = Cx { door, config, method, headers: &head.headers, rest, query, progress, body };
    routes::call(route.call, &mut cx).await.unwrap_or_else(|error| reply::error(&error))
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
