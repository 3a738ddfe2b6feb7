//! net/rpc's messages: a head and a body, each one value. Requests on one stream are answered in their order.

use bytes::{Bytes, BytesMut};
use proconsul_gopack::{ReadError, Scan};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt};

/// Room that is made for one read.
const READ_BYTES: usize = 16 * 1024;

/// What a request begins with.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct RequestHead {
    pub(super) seq: u64,
    pub(super) service_method: String,
}

/// What a reply begins with. With an error, an empty map stands in the place of the body.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct ReplyHead {
    pub(super) error: String,
    pub(super) seq: u64,
    pub(super) service_method: String,
}

/// Why the next value was not read.
#[derive(Debug, thiserror::Error)]
pub(super) enum MessageError {
    /// The connection broke, or ended inside a value.
    #[error("the connection broke: {0}")]
    Io(#[from] std::io::Error),
    /// What came is no value.
    #[error("what came is no message: {0}")]
    Read(#[from] ReadError),
    /// Longer than any value may be.
    #[error("a message is over the limit of {0} bytes")]
    TooLong(usize),
}

/// Reads values from a stream.
#[derive(Debug)]
pub(super) struct Messages<S> {
    pub(super) stream: S,
    buffer: BytesMut,
    /// The longest value that is read, in bytes.
    limit: usize,
}

impl<S: AsyncRead + Unpin> Messages<S> {
    pub(super) fn new(stream: S, limit: usize) -> Self {
        Self { stream, buffer: BytesMut::new(), limit }
    }

    /// The bytes of the next value; `None` when the other end closed between values.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, MessageError> {
        let mut scan = Scan::default();
        loop {
            if let Some(end) = scan.end(&self.buffer)? {
                return Ok(Some(self.buffer.split_to(end).freeze()));
            }
            if scan.at_least() > self.limit as u64 {
                return Err(MessageError::TooLong(self.limit));
            }
            if self.read().await? == 0 {
                return match self.buffer.is_empty() {
                    true => Ok(None),
                    false => Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into()),
                };
            }
        }
    }

    /// What was read beyond the values, once.
    pub(super) fn unread(&mut self) -> Option<Bytes> {
        (!self.buffer.is_empty()).then(|| self.buffer.split().freeze())
    }

    /// Returns when the other end has closed, or sends far more than it may before it is answered.
    pub(super) async fn closed(&mut self) {
        while let Ok(1..) = self.read().await {
            if self.buffer.len() > self.limit {
                return;
            }
        }
    }

    async fn read(&mut self) -> std::io::Result<usize> {
        self.buffer.reserve(READ_BYTES);
        self.stream.read_buf(&mut self.buffer).await
    }
}
