//! 301 as Go writes it.

use bytes::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderValue, LOCATION};
use hyper::{Method, StatusCode};

use crate::content::Content;
use crate::reply::{self, Reply};

/// Sends the client to another URL. Only an answer to GET has the link in its body.
pub(crate) fn moved(method: &Method, to: &str) -> Reply {
    let Ok(location) = HeaderValue::from_str(to) else {
        return reply::malformed();
    };
    let mut reply = reply::nowhere(StatusCode::MOVED_PERMANENTLY);
    reply.headers_mut().insert(LOCATION, location);
    if matches!(*method, Method::GET | Method::HEAD) {
        reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    }
    if *method == Method::GET {
        let link = format!("<a href=\"{}\">Moved Permanently</a>.\n\n", html(to));
        *reply.body_mut() = Content::Whole(Bytes::from(link));
    }
    reply
}

/// Sends the client to another path, with the query it came with.
pub(crate) fn moved_path(method: &Method, path: &str, query: Option<&str>) -> Reply {
    match query {
        Some(query) => moved(method, &format!("{}?{query}", crate::path::encode(path))),
        None => moved(method, &crate::path::encode(path)),
    }
}

fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
