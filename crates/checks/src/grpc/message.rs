//! The two messages of `grpc.health.v1`, each behind gRPC's five bytes of compression flag and length.

use bytes::{BufMut, Bytes, BytesMut};

/// Bytes before a message.
const PREFIX: usize = 5;

/// `HealthCheckResponse.ServingStatus.SERVING`.
const SERVING: u64 = 1;

/// `HealthCheckRequest { service }`.
pub(super) fn request(service: &str) -> Bytes {
    let mut message = Vec::new();
    if !service.is_empty() {
        message.push(1 << 3 | 2);
        put_varint(&mut message, service.len() as u64);
        message.extend_from_slice(service.as_bytes());
    }
    let mut framed = BytesMut::with_capacity(PREFIX + message.len());
    framed.put_u8(0);
    framed.put_u32(message.len() as u32);
    framed.put_slice(&message);
    framed.freeze()
}

/// Whether this is a `HealthCheckResponse` that says so.
pub(super) fn is_serving(framed: &[u8]) -> bool {
    let Some((prefix, message)) = framed.split_at_checked(PREFIX) else { return false };
    prefix[0] == 0 && status(message) == Some(SERVING)
}

/// The last status field; `None` when the message is none.
fn status(mut rest: &[u8]) -> Option<u64> {
    let mut status = 0;
    while !rest.is_empty() {
        let tag = varint(&mut rest)?;
        match tag & 7 {
            0 => {
                let value = varint(&mut rest)?;
                if tag >> 3 == 1 {
                    status = value;
                }
            }
            1 => rest = rest.get(8..)?,
            2 => {
                let length = usize::try_from(varint(&mut rest)?).ok()?;
                rest = rest.get(length..)?;
            }
            5 => rest = rest.get(4..)?,
            _ => return None,
        }
    }
    Some(status)
}

fn put_varint(out: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_names_the_service_unless_all_are_meant() {
        assert_eq!(request("")[..], [0, 0, 0, 0, 0]);
        assert_eq!(request("db")[..], [0, 0, 0, 0, 4, 0x0a, 2, b'd', b'b']);
        assert_eq!(request(&"x".repeat(300))[..8], [0, 0, 0, 1, 47, 0x0a, 0xac, 2]);
    }

    #[test]
    fn only_serving_is_serving() {
        assert!(is_serving(&[0, 0, 0, 0, 2, 8, 1]));
        assert!(is_serving(&[0, 0, 0, 0, 5, 0x12, 1, b'x', 8, 1]));
        for other in [&[0, 0, 0, 0, 2, 8, 2][..], &[0, 0, 0, 0, 0], &[1, 0, 0, 0, 2, 8, 1], &[0, 0, 0], &[]] {
            assert!(!is_serving(other), "{other:?}");
        }
    }

    #[test]
    fn a_message_that_is_cut_says_nothing() {
        for cut in [&[8][..], &[0x12, 9, 1], &[8, 0x80], &[9, 0], &[13], &[0x0b]] {
            assert_eq!(status(cut), None, "{cut:?}");
        }
        assert_eq!(status(&[0xff; 20]), None);
    }
}
