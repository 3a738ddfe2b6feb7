//! Answers: whole ones, and those whose body is still on its way.

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::HeaderMap;
use hyper::{Method, Response};
use serde::de::DeserializeOwned;

use crate::error::{ApiError, Cause};

/// A whole answer of any status.
#[derive(Clone, Debug)]
pub struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    /// The answer, if it is 200.
    ///
    /// # Errors
    /// [`ApiError::Status`] for any other status.
    pub fn success(self) -> Result<Self, ApiError> {
        if self.status == 200 { Ok(self) } else { Err(self.refused()) }
    }

    /// The answer, or `None` when there is nothing at that path (404).
    ///
    /// # Errors
    /// [`ApiError::Status`] for a status that is neither 200 nor 404.
    pub fn found(self) -> Result<Option<Self>, ApiError> {
        if self.status == 404 { Ok(None) } else { self.success().map(Some) }
    }

    /// The truth that a write answers with.
    ///
    /// # Errors
    /// [`ApiError::Status`] when it was refused.
    pub fn truth(self) -> Result<bool, ApiError> {
        Ok(self.success()?.body.trim_ascii() == b"true")
    }

    /// The body, read as JSON.
    ///
    /// # Errors
    /// [`ApiError::Unreadable`].
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        serde_json::from_slice(&self.body).map_err(ApiError::Unreadable)
    }

    /// The HTTP status.
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The body as it came.
    pub const fn body(&self) -> &Bytes {
        &self.body
    }

    /// A header by its name in any case, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The index that the next blocking query waits for (`X-Consul-Index`).
    pub fn index(&self) -> Option<u64> {
        self.header("X-Consul-Index")?.parse().ok()
    }

    fn refused(self) -> ApiError {
        ApiError::Status { code: self.status, text: String::from_utf8_lossy(&self.body).into_owned() }
    }
}

/// An answer whose head is there. Dropping it ends its connection.
#[derive(Debug)]
pub struct Arriving {
    response: Response<Incoming>,
    method: Method,
    url: String,
}

impl Arriving {
    pub(crate) const fn new(response: Response<Incoming>, method: Method, url: String) -> Self {
        Self { response, method, url }
    }

    /// The same, if its status is 200.
    ///
    /// # Errors
    /// [`ApiError::Status`] for any other status, with the whole text.
    pub async fn success(self) -> Result<Self, ApiError> {
        if self.response.status() == 200 { Ok(self) } else { Err(self.whole().await?.refused()) }
    }

    /// The next piece of the body, `None` at its end. May be dropped and called again.
    ///
    /// # Errors
    /// [`ApiError::Transport`] when the connection breaks before the end.
    pub async fn next(&mut self) -> Result<Option<Bytes>, ApiError> {
        loop {
            match self.response.body_mut().frame().await {
                None => return Ok(None),
                Some(Err(error)) => return Err(ApiError::transport(&self.method, &self.url, Cause::Http(error))),
                Some(Ok(frame)) => {
                    // Trailers are no part of the body.
                    if let Ok(piece) = frame.into_data() {
                        return Ok(Some(piece));
                    }
                }
            }
        }
    }

    /// All of it.
    ///
    /// # Errors
    /// [`ApiError::Transport`] when the connection breaks before the end.
    pub async fn whole(self) -> Result<Answer, ApiError> {
        let Self { response, method, url } = self;
        let (head, body) = response.into_parts();
        let body = body.collect().await.map_err(|error| ApiError::transport(&method, &url, Cause::Http(error)))?;
        Ok(Answer { status: head.status.as_u16(), headers: head.headers, body: body.to_bytes() })
    }
}
