//! A call and its reply as Go's `net/rpc` has them over MessagePack: a head and a body, one after the other. Knows no stream.

use bytes::{Bytes, BytesMut};
use proconsul_gopack as gopack;
use proconsul_gopack::{ReadError, Scan};
use serde::{Deserialize, Serialize};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct RequestHead<'a> {
    seq: u64,
    service_method: &'a str,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct ReplyHead {
    error: String,
}

/// A call, its body written already.
pub(super) fn request(method: &str, body: &[u8]) -> Option<Bytes> {
    let mut bytes = gopack::to_vec(&RequestHead { seq: 1, service_method: method }).ok()?;
    bytes.extend_from_slice(body);
    Some(bytes.into())
}

/// A reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    /// Why there is none; empty when there is.
    pub(super) error: String,
    pub(super) body: Bytes,
}

/// A reply that is still arriving.
#[derive(Debug, Default)]
pub(super) struct Arriving {
    bytes: BytesMut,
    head: Scan,
    /// Where the body begins, once the head is there.
    body_at: Option<usize>,
    body: Scan,
}

impl Arriving {
    /// So many bytes have come.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Takes more of it; the reply once it is whole.
    pub(super) fn add(&mut self, bytes: &[u8]) -> Result<Option<Reply>, ReadError> {
        self.bytes.extend_from_slice(bytes);
        if self.body_at.is_none() {
            self.body_at = self.head.end(&self.bytes)?;
        }
        let Some(body_at) = self.body_at else { return Ok(None) };
        let Some(length) = self.body.end(&self.bytes[body_at..])? else { return Ok(None) };
        let head: ReplyHead = gopack::from_slice(&self.bytes)?;
        let whole = std::mem::take(&mut self.bytes).freeze();
        Ok(Some(Reply { error: head.error, body: whole.slice(body_at..body_at + length) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_has_its_golden_bytes() {
        let written = request("Status.Ping", b"\x80").unwrap();
        assert_eq!(&written[..], b"\x82\xa3Seq\x01\xadServiceMethod\xabStatus.Ping\x80");
    }

    #[test]
    fn a_reply_is_whole_when_head_and_body_are_there() {
        let bytes = b"\x83\xa5Error\xa0\xa3Seq\x01\xadServiceMethod\xa1x\x92\x01\x02";
        for cut in 0..bytes.len() {
            let mut arriving = Arriving::default();
            assert_eq!(arriving.add(&bytes[..cut]), Ok(None), "the first {cut} bytes");
            let reply = Reply { error: String::new(), body: Bytes::from_static(b"\x92\x01\x02") };
            assert_eq!(arriving.add(&bytes[cut..]), Ok(Some(reply)));
        }
        let refused = b"\x81\xa5Error\xa2no\xc0";
        let reply = Reply { error: "no".to_owned(), body: Bytes::from_static(b"\xc0") };
        assert_eq!(Arriving::default().add(refused), Ok(Some(reply)));
    }
}
