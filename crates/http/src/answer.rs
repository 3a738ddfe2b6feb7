//! From a request to its answer: the path is checked, the route found, the handler called.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{HeaderMap, Method, Request, StatusCode};
use proconsul_calls::door::Door;

use crate::cached::{Asked, Cached};
use crate::connections::Place;
use crate::cx::Cx;
use crate::error::HttpError;
use crate::path::{self, PathError};
use crate::query::Query;
use crate::reply::{self, Reply};
use crate::routes::{self, Call, FAMILIES, surface};
use crate::serve::HttpConfig;
use crate::{gzip, metric, page, redirect};

const TRANSLATE_ADDRESSES: HeaderName = HeaderName::from_static("x-consul-translate-addresses");

/// What all requests share.
pub(crate) struct Shared<D> {
    /// Who answers.
    pub(crate) door: Arc<D>,
    /// What has been asked for with `?cached`.
    pub(crate) cached: Cached,
}

/// Answers one request.
pub(crate) async fn answer<D: Door>(
    shared: &Shared<D>,
    place: &Place,
    config: &HttpConfig,
    request: Request<Incoming>,
) -> Reply {
    let (door, began) = (&*shared.door, Instant::now());
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
    let reply = match allowed(config, method, &path, place.client()).and_then(|()| Query::parse(query)) {
        _ if !route.has(method) && !config.blocks(&path) => without_call(method, route.path, route.allow),
        Err(error) => reply::error(&error),
        Ok(query) => {
            let (headers, progress) = (&head.headers, place.progress());
            let asked = config.use_cache.then(|| Asked::of(route.path, &path, &query, headers)).flatten();
            let mut cx =
                Cx { door, config, method, headers, client: place.client(), path: &path, rest, query, progress, body };
            match asked {
                None => routes::call(route.call, &mut cx).await.unwrap_or_else(|error| reply::error(&error)),
                Some(asked) => Box::pin(from_cache(&shared.cached, &asked, route.call, &mut cx)).await,
            }
        }
    };
    metric::asked(route.call, &config.node_name, &reply);
    let reply = finished(reply, config, &head.headers);
    metric::answered(route, method, began);
    reply
}

/// The answer that is known, or a fresh one.
async fn from_cache<D: Door>(cached: &Cached, asked: &Asked, call: Call, cx: &mut Cx<'_, D>) -> Reply {
    if let Some(reply) = cached.kept(asked, cx.progress.now()) {
        return reply;
    }
    match routes::call(call, cx).await {
        Ok(reply) => cached.remember(asked, reply, cx.progress.now()),
        Err(error) => cached.in_place_of_error(asked, cx.progress.now()).unwrap_or_else(|| reply::error(&error)),
    }
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
fn finished(mut reply: Reply, config: &HttpConfig, asked: &HeaderMap) -> Reply {
    for (name, value) in &config.response_headers {
        if !reply.headers().contains_key(name) {
            reply.headers_mut().insert(name, value.clone());
        }
    }
    if config.translate_addresses {
        reply.headers_mut().insert(TRANSLATE_ADDRESSES, HeaderValue::from_static("true"));
    }
    if gzip::is_accepted(asked) { gzip::encoded(reply) } else { reply }
}

/// Where a path that is not clean, or lacks the slash of a route, is to be asked for.
fn elsewhere<'a>(path: &str, clean: &'a str, config: &HttpConfig) -> Option<Cow<'a, str>> {
    let is_tree_of_page = config.ui && page::TREE.strip_suffix('/') == Some(clean);
    if is_tree_of_page || surface::lacks_slash(FAMILIES, clean) {
        return Some(Cow::Owned(format!("{clean}/")));
    }
    (clean != path).then_some(Cow::Borrowed(clean))
}

/// What is said to a method that a route does not have. In Consul, single prepared queries look at the method themselves: they
/// answer `OPTIONS` with a body, and do not count it among the methods they have.
fn without_call(method: &Method, route: &str, allow: &'static str) -> Reply {
    let looks_itself = route.starts_with("query/");
    if *method == Method::OPTIONS {
        let reply = if looks_itself { reply::json(Bytes::from_static(b"{}")) } else { reply::empty(StatusCode::OK) };
        return reply::with_allow(reply, allow);
    }
    let text = Bytes::from(format!("method {method} not allowed"));
    let allow = allow.strip_prefix("OPTIONS,").filter(|_| looks_itself).unwrap_or(allow);
    reply::with_allow(reply::text(StatusCode::METHOD_NOT_ALLOWED, text), allow)
}
