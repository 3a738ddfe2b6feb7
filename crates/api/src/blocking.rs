//! The client for callers that block: a small runtime of its own that runs while a question is asked.

use std::future::Future;
use std::io::{self, Read};

use bytes::{Buf, Bytes};
use hyper::Method;
use serde::de::DeserializeOwned;
use tokio::runtime::{Builder, Runtime};

use crate::answer::{Answer, Arriving};
use crate::body::Body;
use crate::client::{Client, Question, Settings};
use crate::error::ApiError;

/// Asks one agent, and blocks until it has answered. Not for use inside a runtime.
#[derive(Debug)]
pub struct Api {
    client: Client,
    runtime: Runtime,
}

impl Api {
    /// A client of this agent; nothing is connected before a question is asked.
    ///
    /// # Errors
    /// [`ApiError::Runtime`].
    pub fn new(settings: Settings) -> Result<Self, ApiError> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(ApiError::Runtime)?;
        Ok(Self { client: Client::new(settings), runtime })
    }

    /// The asynchronous client inside, for callers that bring a runtime of their own.
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// Runs what uses the asynchronous client, to its end.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    /// Asks and waits for the whole answer. `path` is not escaped.
    ///
    /// # Errors
    /// [`ApiError::Transport`].
    pub fn ask(
        &self,
        method: &Method,
        path: &str,
        query: &[(&str, String)],
        body: impl Into<Body>,
    ) -> Result<Answer, ApiError> {
        self.runtime.block_on(self.client.ask(Question::new(method.clone(), path).query(query).body(body)))
    }

    /// Asks for something to be done; the answer has to be 200.
    ///
    /// # Errors
    /// [`ApiError::Transport`] or [`ApiError::Status`].
    pub fn tell(
        &self,
        method: &Method,
        path: &str,
        query: &[(&str, String)],
        body: impl Into<Body>,
    ) -> Result<Answer, ApiError> {
        self.ask(method, path, query, body)?.success()
    }

    /// Asks and reads the JSON of the answer, which has to be 200.
    ///
    /// # Errors
    /// Any [`ApiError`].
    pub fn json<T: DeserializeOwned>(&self, path: &str, query: &[(&str, String)]) -> Result<T, ApiError> {
        self.runtime.block_on(self.client.json(Question::new(Method::GET, path).query(query)))
    }

    /// Asks, and reads the answer, which has to be 200, while it arrives.
    ///
    /// # Errors
    /// Any [`ApiError`].
    pub fn open(&self, path: &str, query: &[(&str, String)]) -> Result<Reading<'_>, ApiError> {
        let arriving = self.runtime.block_on(async {
            self.client.open(Question::new(Method::GET, path).query(query)).await?.success().await
        })?;
        Ok(Reading { runtime: &self.runtime, arriving, piece: Bytes::new() })
    }
}

/// The body of an answer, read while it arrives. Dropping it ends the question.
#[derive(Debug)]
pub struct Reading<'a> {
    runtime: &'a Runtime,
    arriving: Arriving,
    piece: Bytes,
}

impl Read for Reading<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.runtime.block_on(self.arriving.next()).map_err(io::Error::other)? {
                Some(piece) => self.piece = piece,
                None => return Ok(0),
            }
        }
        let length = buffer.len().min(self.piece.len());
        self.piece.copy_to_slice(&mut buffer[..length]);
        Ok(length)
    }
}
