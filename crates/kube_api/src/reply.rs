//! Answers: JSON, streams, and every refusal as Kubernetes' Status object.

use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Frame};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use proconsul_kube::apply::ApplyError;
use proconsul_kube::kind::Kind;
use proconsul_kube::object::Key;
use proconsul_kube::store::{Gone, StoreError};
use proconsul_manifest::status;
use serde_json::{Value, json};
use tokio::sync::mpsc;

pub(crate) type Response = hyper::Response<UnsyncBoxBody<Bytes, Infallible>>;

/// Makes answers.
pub(crate) struct Reply;

impl Reply {
    pub(crate) fn json(code: u16, value: &Value) -> Response {
        Self::whole(code, "application/json", value.to_string())
    }

    pub(crate) fn status(code: u16, status: &Value) -> Response {
        Self::json(code, status)
    }

    pub(crate) fn text(code: u16, text: impl Into<String>) -> Response {
        Self::whole(code, "text/plain", text.into())
    }

    fn whole(code: u16, content_type: &'static str, text: String) -> Response {
        let body = Full::new(Bytes::from(text)).boxed_unsync();
        Self::with(code, content_type, body)
    }

    /// An answer whose pieces come as they are made; it ends with their sender.
    pub(crate) fn stream(content_type: &'static str, pieces: mpsc::Receiver<Bytes>) -> Response {
        Self::with(200, content_type, Pieces(pieces).boxed_unsync())
    }

    fn with(code: u16, content_type: &'static str, body: UnsyncBoxBody<Bytes, Infallible>) -> Response {
        let mut response = hyper::Response::new(body);
        *response.status_mut() = hyper::StatusCode::from_u16(code).unwrap_or_default();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        response
    }
}

struct Pieces(mpsc::Receiver<Bytes>);

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(cx).map(|piece| piece.map(|piece| Ok(Frame::data(piece))))
    }
}

/// A request that is not carried out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) code: u16,
    reason: &'static str,
    message: String,
    details: Option<Value>,
}

impl Refusal {
    fn new(code: u16, reason: &'static str, message: impl Into<String>) -> Self {
        Self { code, reason, message: message.into(), details: None }
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "BadRequest", message)
    }

    pub(crate) fn no_path() -> Self {
        Self::new(404, "NotFound", "the server could not find the requested resource")
    }

    pub(crate) fn method() -> Self {
        Self::new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")
    }

    pub(crate) fn too_large(why: &str) -> Self {
        Self::new(413, "RequestEntityTooLarge", format!("the body is too large: {why}"))
    }

    pub(crate) fn media_type() -> Self {
        Self::new(
            415,
            "UnsupportedMediaType",
            "the body of the request was in an unknown format - accepted media types include: application/merge-patch+json",
        )
    }

    pub(crate) fn internal(why: impl std::fmt::Display) -> Self {
        Self::new(500, "InternalError", format!("Internal error occurred: {why}"))
    }

    fn about(self, key: &Key) -> Self {
        let resource = key.kind.resource();
        Self { details: Some(json!({ "name": key.name, "group": resource.group, "kind": resource.plural })), ..self }
    }

    /// An object that breaks rules: the Status object as validation makes it.
    pub(crate) fn invalid(kind: Kind, name: &str, message: &str) -> Self {
        let details = json!({ "name": name, "group": kind.resource().group, "kind": kind.resource().kind });
        Self { details: Some(details), ..Self::new(422, "Invalid", message) }
    }

    pub(crate) fn status(&self) -> Value {
        status::failure(self.code, self.reason, &self.message, self.details.clone())
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        let message = error.to_string();
        match error {
            StoreError::NotFound(key) => Self::new(404, "NotFound", message).about(&key),
            StoreError::AlreadyExists(key) => Self::new(409, "AlreadyExists", message).about(&key),
            StoreError::Conflict(key) | StoreError::OtherUid { key, .. } => {
                Self::new(409, "Conflict", message).about(&key)
            }
            StoreError::NameMissing(kind) => Self::invalid(kind, "", &message),
            StoreError::KindUnknown(_) => Self::bad_request(message),
            StoreError::VersionOnCreate => Self::internal(message),
            StoreError::Journal(source) => Self::internal(with_causes(&source)),
        }
    }
}

impl From<ApplyError> for Refusal {
    fn from(error: ApplyError) -> Self {
        match error {
            ApplyError::Store(error) => error.into(),
            ApplyError::Refused(_) => Self::new(422, "Invalid", error.to_string()),
        }
    }
}

impl From<Gone> for Refusal {
    fn from(gone: Gone) -> Self {
        Self::new(410, "Expired", gone.to_string())
    }
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}
