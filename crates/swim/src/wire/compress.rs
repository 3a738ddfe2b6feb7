//! Compressed messages: LZW as Go writes it, least significant bit first, 8-bit literals.

use weezl::{BitOrder, LzwStatus, decode::Decoder, encode::Encoder};

use super::kind::Kind;
use super::msgpack::{ReadError, Reader, Writer};

/// The only algorithm there is.
const LZW: u8 = 0;
const LITERAL_BITS: u8 = 8;
/// Output starts with this much and doubles, so that a false promise costs little.
const FIRST_STEP_BYTES: usize = 4 * 1024;

/// Why a compressed message was not unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompressError {
    /// Its fields could not be read.
    #[error(transparent)]
    Fields(#[from] ReadError),
    /// Another algorithm.
    #[error("compression algorithm {0} is unknown; only LZW is")]
    Algorithm(u8),
    /// Not LZW.
    #[error("the compressed bytes are damaged")]
    Damaged,
    /// It unpacks to more than is allowed.
    #[error("the message unpacks to more than {0} bytes")]
    TooLong(usize),
}

/// The message inside a compressed one, type byte and all.
pub fn pack(message: &[u8]) -> Option<Vec<u8>> {
    // Encoding into memory fails only for code sizes that we do not use.
    let packed = Encoder::new(BitOrder::Lsb, LITERAL_BITS).encode(message).ok()?;
    let mut writer = Writer::after(vec![Kind::Compress as u8]);
    writer.map(2).raw("Algo").uint(LZW.into()).raw("Buf").raw(packed);
    Some(writer.finish())
}

/// What a compressed message holds, of at most `limit` bytes; `body` begins after the type byte.
///
/// # Errors
/// [`ReadError::Incomplete`] when the body is cut short.
pub fn unpack(body: &[u8], limit: usize) -> Result<Vec<u8>, CompressError> {
    let (mut algorithm, mut packed) = (LZW, &[][..]);
    Reader::new(body).fields(|key, reader| {
        match key {
            b"Algo" => algorithm = reader.uint()?,
            b"Buf" => packed = reader.raw()?,
            // Nothing else is passed over: an endless field would be read again with every piece of a stream.
            _ => return Err(ReadError::UnknownField),
        }
        Ok(())
    })?;
    if algorithm != LZW {
        return Err(CompressError::Algorithm(algorithm));
    }
    decode(packed, limit)
}

fn decode(mut packed: &[u8], limit: usize) -> Result<Vec<u8>, CompressError> {
    let mut decoder = Decoder::new(BitOrder::Lsb, LITERAL_BITS);
    let mut unpacked = Vec::new();
    loop {
        let filled = unpacked.len();
        unpacked.resize((filled * 2).max(FIRST_STEP_BYTES), 0);
        let step = decoder.decode_bytes(packed, &mut unpacked[filled..]);
        packed = &packed[step.consumed_in..];
        unpacked.truncate(filled + step.consumed_out);
        if unpacked.len() > limit {
            return Err(CompressError::TooLong(limit));
        }
        match step.status {
            Ok(LzwStatus::Done) => return Ok(unpacked),
            Ok(LzwStatus::Ok) => {}
            // The end code is missing.
            Ok(LzwStatus::NoProgress) | Err(_) => return Err(CompressError::Damaged),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_compressed_message_has_these_bytes() {
        // Codes of 9 bits: clear 256, 'a' 97, end 257.
        assert_eq!(pack(b"a").unwrap(), b"\x09\x82\xa4Algo\x00\xa3Buf\xa4\x00\xc3\x04\x04");
    }

    #[test]
    fn a_bomb_is_stopped_at_the_limit() {
        let bomb = pack(&vec![0; 4 * 1024 * 1024]).unwrap();
        assert!(bomb.len() < 64 * 1024, "{}", bomb.len());
        assert_eq!(unpack(&bomb[1..], 1024 * 1024), Err(CompressError::TooLong(1024 * 1024)));
    }

    proptest! {
        #[test]
        fn what_was_packed_unpacks(message in prop::collection::vec(0u8..4, 0..5000)) {
            prop_assert_eq!(unpack(&pack(&message).unwrap()[1..], 5000), Ok(message));
        }

        #[test]
        fn random_bytes_never_panic(packed: Vec<u8>) {
            let _ = decode(&packed, 10_000);
        }
    }
}
