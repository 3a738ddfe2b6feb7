//! What is outside `/v1/`: the way to the web page, and the page.

use bytes::Bytes;
use hyper::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use hyper::{Method, StatusCode};

use crate::content::Content;
use crate::redirect;
use crate::reply::{self, Reply};
use crate::serve::HttpConfig;

/// Where the page lives.
pub(crate) const TREE: &str = "/ui/";

/// Only what comes from this agent: no script of anyone else, no frame around the page.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'",
);

/// Answers what no route of the API has taken.
pub(crate) fn answer(config: &HttpConfig, method: &Method, path: &str) -> Reply {
    match path.strip_prefix(TREE) {
        Some(name) if config.ui => asset(method, name),
        _ if path == "/" && config.ui => redirect::moved(method, TREE),
        _ if path == "/" => {
            let mut reply = reply::text(StatusCode::OK, Bytes::from_static(b"Consul Agent"));
            reply.headers_mut().remove(hyper::header::VARY);
            reply
        }
        _ => reply::nowhere(StatusCode::NOT_FOUND),
    }
}

fn asset(method: &Method, name: &str) -> Reply {
    let Some(asset) = proconsul_ui::asset(name) else {
        return reply::nowhere(StatusCode::NOT_FOUND);
    };
    if !matches!(*method, Method::GET | Method::HEAD) {
        return reply::with_allow(reply::empty(StatusCode::METHOD_NOT_ALLOWED), "GET,HEAD");
    }
    let mut reply = reply::nowhere(StatusCode::OK);
    *reply.body_mut() = Content::Whole(Bytes::from_static(asset.bytes));
    let headers = reply.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    reply
}
