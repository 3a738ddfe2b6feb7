//! The body of a request, read within its limit.

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};

use crate::error::HttpError;
use crate::progress::Progress;

/// Reads the body to its end. One that says it is too large is refused before any of it is read.
pub(crate) async fn read(body: &mut Incoming, limit: usize, progress: &Progress) -> Result<Bytes, HttpError> {
    let too_large = |bytes| Err(HttpError::BodyTooLarge { bytes, limit });
    if let Some(bytes) = body.size_hint().exact().filter(|bytes| *bytes > limit as u64) {
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
        if bytes > limit {
            return too_large(bytes as u64);
        }
    }
    progress.working();
    Ok(if whole.is_empty() { first } else { whole.freeze() })
}
