//! The body of a request, read within its limit.

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use proconsul_base::limit;

use crate::error::HttpError;
use crate::progress::Progress;
use crate::serve::HttpConfig;

/// How large a body may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BodyLimit {
    /// In bytes.
    pub(crate) bytes: usize,
    /// Where to read of it; with a space in front.
    pub(crate) see: &'static str,
}

impl BodyLimit {
    /// Of a body that has no limit of its own.
    pub(crate) const ANY: Self = Self { bytes: limit::HTTP_BODY_BYTES, see: "" };

    /// Of one key's value.
    pub(crate) const fn kv_value(config: &HttpConfig) -> Self {
        let see = " See https://www.consul.io/docs/agent/options.html#kv_max_value_size.";
        Self { bytes: config.kv_value_bytes_max, see }
    }

    /// Of a transaction.
    pub(crate) const fn transaction(config: &HttpConfig) -> Self {
        let see = " See https://www.consul.io/docs/agent/options.html#txn_max_req_len.";
        Self { bytes: config.transaction_bytes_max, see }
    }
}

/// Reads the body to its end. One that says it is too large is refused before any of it is read.
pub(crate) async fn read(body: &mut Incoming, limit: BodyLimit, progress: &Progress) -> Result<Bytes, HttpError> {
    let too_large = |bytes| Err(HttpError::BodyTooLarge { bytes, limit });
    if let Some(bytes) = body.size_hint().exact().filter(|bytes| *bytes > limit.bytes as u64) {
        return too_large(bytes);
    }
    progress.reading();
    let mut first = Bytes::new();
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| HttpError::BodyCut)?.into_data() else { continue };
        if first.is_empty() && whole.is_empty() {
            first = data;
        } else {
            if whole.is_empty() {
                whole.extend_from_slice(&std::mem::take(&mut first));
            }
            whole.extend_from_slice(&data);
        }
        let bytes = first.len() + whole.len();
        if bytes > limit.bytes {
            return too_large(bytes as u64);
        }
    }
    progress.working();
    Ok(if whole.is_empty() { first } else { whole.freeze() })
}
