//! Answers in gzip, for who accepts it: everything that has a body, as Consul does it.

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::HeaderMap;
use hyper::header::{ACCEPT_ENCODING, CONTENT_ENCODING, HeaderValue};

use crate::content::Content;
use crate::reply::Reply;

/// Shorter bodies would grow, and setting up the compressor would take longer than all else: they are wrapped as they are.
const STORED_BYTES_MAX: usize = 256;

/// Whether the client takes gzip; `*` does not say so.
pub(crate) fn is_accepted(headers: &HeaderMap) -> bool {
    let Some(Ok(accepted)) = headers.get(ACCEPT_ENCODING).map(HeaderValue::to_str) else { return false };
    accepted.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let is_gzip = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        is_gzip
            && parts.all(|part| part.strip_prefix("q=").is_none_or(|weight| weight.parse().is_ok_and(|q: f64| q > 0.0)))
    })
}

/// The same answer in gzip.
pub(crate) fn encoded(reply: Reply) -> Reply {
    let (mut head, body) = reply.into_parts();
    // A stream is to be seen as it comes, which a compressor would hold back.
    let Some(plain) = body.whole().filter(|plain| !plain.is_empty()).cloned() else {
        return Reply::from_parts(head, body);
    };
    let body = match zipped(&plain) {
        Ok(zipped) => {
            head.headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            Bytes::from(zipped)
        }
        Err(error) => {
            tracing::warn!(%error, "an answer could not be compressed and goes out as it is");
            plain
        }
    };
    Reply::from_parts(head, Content::Whole(body))
}

fn zipped(plain: &[u8]) -> std::io::Result<Vec<u8>> {
    if let Some(length) = u16::try_from(plain.len()).ok().filter(|length| usize::from(*length) <= STORED_BYTES_MAX) {
        return Ok(stored(plain, length));
    }
    let out = Vec::with_capacity(plain.len() / 4);
    let mut encoder = GzEncoder::new(out, Compression::fast());
    encoder.write_all(plain)?;
    encoder.finish()
}

/// RFC 1952 around one stored block of RFC 1951.
fn stored(plain: &[u8], length: u16) -> Vec<u8> {
    let mut out = Vec::with_capacity(plain.len() + 23);
    // Deflate, no flags, no time, nothing about the compressor, an unknown system.
    out.extend_from_slice(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
    // The last block, stored.
    out.push(1);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&(!length).to_le_bytes());
    out.extend_from_slice(plain);
    out.extend_from_slice(&crc32fast::hash(plain).to_le_bytes());
    out.extend_from_slice(&u32::from(length).to_le_bytes());
    out
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;

    use super::*;

    #[test]
    fn gzip_is_accepted_by_name_unless_its_weight_is_none() {
        let accepted = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_str(text).unwrap());
            is_accepted(&headers)
        };
        for text in
            ["gzip", "gzip, deflate", "GZIP", "br, gzip", " gzip ", "gzip;q=0.5, identity;q=1", "gzip ; q=1", ",gzip"]
        {
            assert!(accepted(text), "{text}");
        }
        for text in ["", "*", "identity", "deflate", "x-gzip", "gzip;q=0", "gzip;q=x", "*;q=1"] {
            assert!(!accepted(text), "{text}");
        }
        assert!(!is_accepted(&HeaderMap::new()));
    }

    #[test]
    fn what_was_packed_comes_out_again() {
        for length in [1, STORED_BYTES_MAX, STORED_BYTES_MAX + 1, 100_000] {
            let plain = "0123456789".repeat(length.div_ceil(10));
            let reply = encoded(Reply::new(Content::Whole(Bytes::from(plain.clone()))));
            assert_eq!(reply.headers().get(CONTENT_ENCODING).unwrap(), "gzip");
            let body = reply.into_body().whole().unwrap().clone();
            let mut unpacked = String::new();
            GzDecoder::new(&body[..]).read_to_string(&mut unpacked).unwrap();
            assert_eq!(unpacked, plain);
        }
        let empty = encoded(Reply::default());
        assert_eq!(empty.headers().get(CONTENT_ENCODING), None);
    }
}
