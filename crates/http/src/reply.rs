//! The forms of an answer, and the one place where an error becomes a status.

use bytes::Bytes;
use hyper::body::Body;
use hyper::ext::ReasonPhrase;
use hyper::header::{
    ALLOW, CONNECTION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, VARY, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{Response, StatusCode};
use proconsul_calls::error::{CallError, ForwardError};
use proconsul_calls::intention::IntentionError;
use proconsul_calls::pieces::Pieces;
use proconsul_calls::read::{Consistency, Contact};

use crate::agent;
use crate::content::Content;
use crate::error::HttpError;

/// An answer on its way out.
pub(crate) type Reply = Response<Content>;

const INDEX: HeaderName = HeaderName::from_static("x-consul-index");
const KNOWN_LEADER: HeaderName = HeaderName::from_static("x-consul-knownleader");
const LAST_CONTACT: HeaderName = HeaderName::from_static("x-consul-lastcontact");
const EFFECTIVE_CONSISTENCY: HeaderName = HeaderName::from_static("x-consul-effective-consistency");
const CONTENT_HASH: HeaderName = HeaderName::from_static("x-consul-contenthash");
const REASON: HeaderName = HeaderName::from_static("x-consul-reason");
const ZERO: HeaderValue = HeaderValue::from_static("0");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const PLAIN: HeaderValue = HeaderValue::from_static("text/plain");
const PLAIN_UTF8: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const ACCEPT_ENCODING: HeaderValue = HeaderValue::from_static("Accept-Encoding");
/// 413 in the words of Go, which are older than those of the newest RFC.
const TOO_LARGE: ReasonPhrase = ReasonPhrase::from_static(b"Request Entity Too Large");
const CLOSE: HeaderValue = HeaderValue::from_static("close");

impl HttpError {
    fn status(&self) -> StatusCode {
        match self {
            Self::Call(call) | Self::Read(call) => of_call(call),
            Self::Agent(error) => agent::status(error),
            Self::AgentRequest(refusal) => refusal.status(),
            Self::Config(refusal) => refusal.status(),
            Self::Intention(refusal) => refusal.status(),
            // Consul's own choice: a wrong number is no bad request there.
            Self::NumberSyntax(_)
            | Self::NumberRange(_)
            | Self::DecodeInside(_)
            | Self::Query
            | Self::Segment
            | Self::Record => StatusCode::INTERNAL_SERVER_ERROR,
            Self::NoPrometheus => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Blocked | Self::Restricted => StatusCode::FORBIDDEN,
            Self::NoSession(_) => StatusCode::NOT_FOUND,
            Self::BodyTooLarge { .. } | Self::Operations(..) | Self::Value { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Keyring(_) | Self::Limit(_) | Self::Connect(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::AclDisabled => StatusCode::UNAUTHORIZED,
            Self::Operator(_)
            | Self::LogLevel(_)
            | Self::NotText
            | Self::Index
            | Self::Wait
            | Self::MaxStale(_)
            | Self::CacheControl
            | Self::Consistency(_)
            | Self::Namespace(_)
            | Self::Missing(_)
            | Self::Passing
            | Self::Decode(_)
            | Self::DecodeDocument(_)
            | Self::DecodeTransaction(_)
            | Self::Conflict(_)
            | Self::BodyCut => StatusCode::BAD_REQUEST,
        }
    }
}

fn of_call(error: &CallError) -> StatusCode {
    match error {
        error if error.is_denied() => StatusCode::FORBIDDEN,
        error if error.is_query_not_found() => StatusCode::NOT_FOUND,
        CallError::Intention(IntentionError::NotFound) => StatusCode::NOT_FOUND,
        CallError::Intention(IntentionError::ReadId(_))
        | CallError::Forward(ForwardError::BadRequest(_))
        | CallError::TooDeep => StatusCode::BAD_REQUEST,
        CallError::Forward(ForwardError::RateExceeded) => StatusCode::TOO_MANY_REQUESTS,
        CallError::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
        CallError::Unavailable(_)
        | CallError::Forward(_)
        | CallError::PermissionDenied
        | CallError::NoPathToDatacenter
        | CallError::Failed(_)
        | CallError::Catalog(_)
        | CallError::Config(_)
        | CallError::Intention(_)
        | CallError::Coordinate(_)
        | CallError::Query(_)
        | CallError::Event(_)
        | CallError::Raft(_)
        | CallError::Session(_)
        | CallError::Snapshot(_)
        | CallError::UnknownOutcome => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// An error, its text as the body. After a body that was not read to its end the connection cannot go on.
pub(crate) fn error(error: &HttpError) -> Reply {
    let mut reply = match error {
        HttpError::Query => empty(error.status()),
        told => text(told.status(), told.to_string().into()),
    };
    if reply.status() == StatusCode::PAYLOAD_TOO_LARGE {
        reply.extensions_mut().insert(TOO_LARGE);
    }
    if matches!(error, HttpError::BodyTooLarge { .. } | HttpError::BodyCut) {
        reply.headers_mut().insert(CONNECTION, CLOSE);
    }
    match error {
        HttpError::Read(_) => with_read(reply, 1, Contact::default()),
        _ => reply,
    }
}

/// A text.
pub(crate) fn text(status: StatusCode, body: Bytes) -> Reply {
    let mut reply = body_of(status, body);
    reply.headers_mut().insert(CONTENT_TYPE, PLAIN_UTF8);
    reply
}

/// JSON, already in the form it goes out in.
pub(crate) fn json(body: Bytes) -> Reply {
    let mut reply = body_of(StatusCode::OK, body);
    reply.headers_mut().insert(CONTENT_TYPE, JSON);
    reply
}

/// Adds the hash of what is told.
pub(crate) fn with_content_hash(mut reply: Reply, hash: &str) -> Reply {
    if let Ok(hash) = HeaderValue::from_str(hash) {
        reply.headers_mut().insert(CONTENT_HASH, hash);
    }
    reply
}

/// Makes an answer one whose status tells how something is, and adds what the status stands for.
pub(crate) fn with_reason(mut reply: Reply, status: StatusCode, reason: &str) -> Reply {
    *reply.status_mut() = status;
    // A name with bytes that no header may have goes untold.
    if let Ok(reason) = HeaderValue::from_str(reason) {
        reply.headers_mut().insert(REASON, reason);
    }
    reply
}

/// One word for programs that read no JSON.
pub(crate) fn word(word: String) -> Reply {
    let mut reply = body_of(StatusCode::OK, word.into());
    reply.headers_mut().insert(CONTENT_TYPE, PLAIN);
    reply
}

/// The bare bytes of a value. No browser may take them for a page.
pub(crate) fn raw(body: Bytes) -> Reply {
    let mut reply = body_of(StatusCode::OK, body);
    let headers = reply.headers_mut();
    headers.insert(CONTENT_TYPE, PLAIN);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox"));
    reply
}

/// Nothing but a status, from a known route.
pub(crate) fn empty(status: StatusCode) -> Reply {
    body_of(status, Bytes::new())
}

/// Nothing but a status, from where there is no route: without any header of ours.
pub(crate) fn nowhere(status: StatusCode) -> Reply {
    let mut reply = Reply::default();
    *reply.status_mut() = status;
    reply
}

/// A request that Go's server itself would have refused.
pub(crate) fn malformed() -> Reply {
    let mut reply = text(StatusCode::BAD_REQUEST, Bytes::from_static(b"400 Bad Request"));
    reply.headers_mut().remove(VARY);
    reply.headers_mut().insert(CONNECTION, CLOSE);
    reply
}

/// Adds which methods a route has.
pub(crate) fn with_allow(mut reply: Reply, allow: &'static str) -> Reply {
    reply.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
    reply
}

/// Adds an index that stands alone.
pub(crate) fn with_index(mut reply: Reply, index: u64) -> Reply {
    reply.headers_mut().insert(INDEX, HeaderValue::from(index));
    reply
}

/// Adds what a read tells beside its value.
pub(crate) fn with_read(mut reply: Reply, index: u64, contact: Contact) -> Reply {
    reply.headers_mut().insert(INDEX, HeaderValue::from(index));
    with_contact(reply, contact)
}

/// Adds how fresh the answer is.
pub(crate) fn with_contact(mut reply: Reply, contact: Contact) -> Reply {
    let headers = reply.headers_mut();
    headers.insert(KNOWN_LEADER, HeaderValue::from_static(if contact.known_leader { "true" } else { "false" }));
    let millis = contact.last_contact.as_millis();
    let millis = if millis == 0 { ZERO } else { HeaderValue::from(u64::try_from(millis).unwrap_or(u64::MAX)) };
    headers.insert(LAST_CONTACT, millis);
    reply
}

/// Adds how fresh the answer was asked to be, which the discovery families tell.
pub(crate) fn with_consistency(mut reply: Reply, asked: Consistency, contact: Contact) -> Reply {
    let mode = match asked {
        Consistency::Default => "leader",
        Consistency::Consistent => "consistent",
        // Too stale for the caller, so the leader was asked after all.
        Consistency::Stale { at_most: Some(limit) } if contact.last_contact > limit => "leader",
        Consistency::Stale { .. } => "stale",
    };
    reply.headers_mut().insert(EFFECTIVE_CONSISTENCY, HeaderValue::from_static(mode));
    reply
}

/// The index that a read's answer tells.
pub(crate) fn index(reply: &Reply) -> Option<u64> {
    reply.headers().get(INDEX)?.to_str().ok()?.parse().ok()
}

/// How long the body is, in bytes.
pub(crate) fn length(reply: &Reply) -> u64 {
    reply.body().size_hint().exact().unwrap_or(u64::MAX)
}

/// Bytes that come as long as somebody reads them.
pub(crate) fn stream(pieces: Box<dyn Pieces>) -> Reply {
    let mut reply = empty(StatusCode::OK);
    *reply.body_mut() = Content::stream(pieces);
    reply
}

/// A snapshot archive, as it is made.
pub(crate) fn archive(pieces: Box<dyn Pieces>) -> Reply {
    let mut reply = stream(pieces);
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-gzip"));
    reply
}

/// The same answer once more; `None` for a stream.
pub(crate) fn again(reply: &Reply) -> Option<Reply> {
    let mut again = Reply::new(Content::Whole(reply.body().whole()?.clone()));
    *again.status_mut() = reply.status();
    again.headers_mut().clone_from(reply.headers());
    Some(again)
}

fn body_of(status: StatusCode, body: Bytes) -> Reply {
    let mut reply = Reply::new(Content::Whole(body));
    *reply.status_mut() = status;
    // Room for all headers of a read at once.
    reply.headers_mut().reserve(8);
    reply.headers_mut().insert(VARY, ACCEPT_ENCODING);
    reply
}
