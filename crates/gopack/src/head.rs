//! The first bytes of a value: what it is and how long.

use crate::ReadError;

/// What a value begins with. Lengths are of what follows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Head {
    Nil,
    Bool(bool),
    Unsigned(u64),
    /// Below zero.
    Signed(i64),
    Float(f64),
    /// Bytes or text.
    Raw(usize),
    /// An extension's bytes, its tag included.
    Extension(usize),
    Array(usize),
    /// Pairs.
    Map(usize),
}

impl Head {
    /// The head at the beginning of these bytes, and how long it is. [`ReadError::End`] when they are too few.
    pub(crate) fn read(bytes: &[u8]) -> Result<(Self, usize), ReadError> {
        let (&first, rest) = bytes.split_first().ok_or(ReadError::End)?;
        let short = |head| Ok((head, 1));
        match first {
            0x00..=0x7f => short(Self::Unsigned(first.into())),
            0x80..=0x8f => short(Self::Map(usize::from(first & 0x0f))),
            0x90..=0x9f => short(Self::Array(usize::from(first & 0x0f))),
            0xa0..=0xbf => short(Self::Raw(usize::from(first & 0x1f))),
            0xc0 => short(Self::Nil),
            0xc2 | 0xc3 => short(Self::Bool(first == 0xc3)),
            0xc4 | 0xd9 => length::<1>(rest).map(|(length, head)| (Self::Raw(length), head)),
            0xc5 | 0xda => length::<2>(rest).map(|(length, head)| (Self::Raw(length), head)),
            0xc6 | 0xdb => length::<4>(rest).map(|(length, head)| (Self::Raw(length), head)),
            0xc7 => length::<1>(rest).map(|(length, head)| (Self::Extension(length + 1), head)),
            0xc8 => length::<2>(rest).map(|(length, head)| (Self::Extension(length + 1), head)),
            0xc9 => length::<4>(rest).map(|(length, head)| (Self::Extension(length + 1), head)),
            0xca..=0xd3 => number(first, rest),
            0xd4..=0xd8 => short(Self::Extension((1 << (first - 0xd4)) + 1)),
            0xdc => length::<2>(rest).map(|(length, head)| (Self::Array(length), head)),
            0xdd => length::<4>(rest).map(|(length, head)| (Self::Array(length), head)),
            0xde => length::<2>(rest).map(|(length, head)| (Self::Map(length), head)),
            0xdf => length::<4>(rest).map(|(length, head)| (Self::Map(length), head)),
            0xe0..=0xff => short(Self::Signed(i64::from(first.cast_signed()))),
            0xc1 => Err(ReadError::Unknown(first)),
        }
    }
}

fn number(first: u8, rest: &[u8]) -> Result<(Head, usize), ReadError> {
    Ok(match first {
        0xca => (Head::Float(f32::from_be_bytes(fixed(rest)?).into()), 5),
        0xcb => (Head::Float(f64::from_be_bytes(fixed(rest)?)), 9),
        0xcc => (Head::Unsigned(u8::from_be_bytes(fixed(rest)?).into()), 2),
        0xcd => (Head::Unsigned(u16::from_be_bytes(fixed(rest)?).into()), 3),
        0xce => (Head::Unsigned(u32::from_be_bytes(fixed(rest)?).into()), 5),
        0xcf => (Head::Unsigned(u64::from_be_bytes(fixed(rest)?)), 9),
        0xd0 => (signed(i8::from_be_bytes(fixed(rest)?).into()), 2),
        0xd1 => (signed(i16::from_be_bytes(fixed(rest)?).into()), 3),
        0xd2 => (signed(i32::from_be_bytes(fixed(rest)?).into()), 5),
        0xd3 => (signed(i64::from_be_bytes(fixed(rest)?)), 9),
        _ => return Err(ReadError::Unknown(first)),
    })
}

fn signed(number: i64) -> Head {
    u64::try_from(number).map_or(Head::Signed(number), Head::Unsigned)
}

/// A length of `N` bytes, and the length of the head that it ends.
fn length<const N: usize>(rest: &[u8]) -> Result<(usize, usize), ReadError> {
    let bytes: [u8; N] = fixed(rest)?;
    Ok((bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), 1 + N))
}

fn fixed<const N: usize>(rest: &[u8]) -> Result<[u8; N], ReadError> {
    rest.first_chunk().copied().ok_or(ReadError::End)
}
