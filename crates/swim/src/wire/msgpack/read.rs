//! Reading what strangers sent. Never allocates more than the input holds, never recurses deeper than a fixed bound.

/// How deep unknown values may nest before the input is refused.
const DEPTH_MAX: u32 = 32;

/// Why bytes could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The input ends before the value does; more bytes may help.
    #[error("the message is cut short")]
    Incomplete,
    /// Another kind of value stands there.
    #[error("expected {wanted}, found msgpack marker {marker:#04x}")]
    Unexpected {
        /// What was asked for.
        wanted: &'static str,
        /// What stands there.
        marker: u8,
    },
    /// A number does not fit its field.
    #[error("a number is out of range for its field")]
    OutOfRange,
    /// A text is not UTF-8.
    #[error("a text is not UTF-8")]
    NotText,
    /// A field that has no place there.
    #[error("an unknown field where none is allowed")]
    UnknownField,
    /// Values nest too deep.
    #[error("values nest deeper than {DEPTH_MAX} levels")]
    TooDeep,
}

/// Reads values one after another.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// From the first byte.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How many bytes have been read.
    pub const fn position(&self) -> usize {
        self.at
    }

    /// What has not been read.
    pub fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    /// A number from 0 to 2^64 - 1.
    pub fn u64(&mut self) -> Result<u64, ReadError> {
        let marker = self.byte()?;
        Ok(match marker {
            0xc0 => 0,
            0x00..=0x7f => marker.into(),
            0xcc => self.byte()?.into(),
            0xcd => u16::from_be_bytes(self.array_of()?).into(),
            0xce => u32::from_be_bytes(self.array_of()?).into(),
            0xcf => u64::from_be_bytes(self.array_of()?),
            0xd0..=0xd3 | 0xe0..=0xff => u64::try_from(self.signed(marker)?).map_err(|_| ReadError::OutOfRange)?,
            _ => return Err(ReadError::Unexpected { wanted: "a number", marker }),
        })
    }

    /// A number that fits the type asked for.
    pub fn uint<T: TryFrom<u64>>(&mut self) -> Result<T, ReadError> {
        T::try_from(self.u64()?).map_err(|_| ReadError::OutOfRange)
    }

    /// A number that may be negative.
    pub fn i64(&mut self) -> Result<i64, ReadError> {
        match self.peek()? {
            marker @ (0xd0..=0xd3 | 0xe0..=0xff) => {
                self.at += 1;
                self.signed(marker)
            }
            _ => i64::try_from(self.u64()?).map_err(|_| ReadError::OutOfRange),
        }
    }

    /// Yes or no; nil is no.
    pub fn bool(&mut self) -> Result<bool, ReadError> {
        match self.byte()? {
            0xc2 | 0xc0 => Ok(false),
            0xc3 => Ok(true),
            marker => Err(ReadError::Unexpected { wanted: "a boolean", marker }),
        }
    }

    /// A fraction, or a whole number.
    pub fn float(&mut self) -> Result<f64, ReadError> {
        match self.peek()? {
            0xca => {
                self.at += 1;
                Ok(f32::from_be_bytes(self.array_of()?).into())
            }
            0xcb => {
                self.at += 1;
                Ok(f64::from_be_bytes(self.array_of()?))
            }
            _ => Ok(self.i64()? as f64),
        }
    }

    /// A text or a byte string of either dialect; nil is empty.
    pub fn raw(&mut self) -> Result<&'a [u8], ReadError> {
        let marker = self.byte()?;
        let length = match marker {
            0xc0 => 0,
            0xa0..=0xbf => usize::from(marker & 0x1f),
            0xd9 | 0xc4 => self.byte()?.into(),
            0xda | 0xc5 => u16::from_be_bytes(self.array_of()?).into(),
            0xdb | 0xc6 => self.length32()?,
            _ => return Err(ReadError::Unexpected { wanted: "a text", marker }),
        };
        self.take(length)
    }

    /// A text; nil is empty.
    pub fn text(&mut self) -> Result<&'a str, ReadError> {
        std::str::from_utf8(self.raw()?).map_err(|_| ReadError::NotText)
    }

    /// The head of a list: how many elements follow, never more than there are bytes. Nil is an empty list.
    pub fn array(&mut self) -> Result<usize, ReadError> {
        let marker = self.byte()?;
        let length = match marker {
            0xc0 => 0,
            0x90..=0x9f => usize::from(marker & 0x0f),
            0xdc => u16::from_be_bytes(self.array_of()?).into(),
            0xdd => self.length32()?,
            _ => return Err(ReadError::Unexpected { wanted: "a list", marker }),
        };
        self.plausible(length)
    }

    /// The head of a map: how many pairs follow, never more than there are bytes. Nil is an empty map.
    pub fn map(&mut self) -> Result<usize, ReadError> {
        let marker = self.byte()?;
        let length = match marker {
            0xc0 => 0,
            0x80..=0x8f => usize::from(marker & 0x0f),
            0xde => u16::from_be_bytes(self.array_of()?).into(),
            0xdf => self.length32()?,
            _ => return Err(ReadError::Unexpected { wanted: "a map", marker }),
        };
        self.plausible(length)
    }

    /// A map whose keys are field names; `field` reads or skips the value of each.
    pub fn fields(
        &mut self,
        mut field: impl FnMut(&[u8], &mut Self) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        for _ in 0..self.map()? {
            let key = self.raw()?;
            field(key, self)?;
        }
        Ok(())
    }

    /// Passes over one value, whatever it is.
    pub fn skip(&mut self) -> Result<(), ReadError> {
        self.skip_within(DEPTH_MAX)
    }

    fn skip_within(&mut self, depth: u32) -> Result<(), ReadError> {
        let depth = depth.checked_sub(1).ok_or(ReadError::TooDeep)?;
        let marker = self.peek()?;
        let values = match marker {
            0x80..=0x8f | 0xde | 0xdf => self.map()?.saturating_mul(2),
            0x90..=0x9f | 0xdc | 0xdd => self.array()?,
            0xa0..=0xbf | 0xd9..=0xdb | 0xc4..=0xc6 => return self.raw().map(drop),
            _ => return self.skip_plain(),
        };
        (0..values).try_for_each(|_| self.skip_within(depth))
    }

    /// A value of fixed length, or an extension.
    fn skip_plain(&mut self) -> Result<(), ReadError> {
        let marker = self.byte()?;
        let length = match marker {
            0xc1 => return Err(ReadError::Unexpected { wanted: "a value", marker }),
            0xcc | 0xd0 => 1,
            0xcd | 0xd1 => 2,
            0xca | 0xce | 0xd2 => 4,
            0xcb | 0xcf | 0xd3 => 8,
            0xd4..=0xd8 => 1 + (1 << (marker - 0xd4)),
            0xc7 => 1 + usize::from(self.byte()?),
            0xc8 => 1 + usize::from(u16::from_be_bytes(self.array_of()?)),
            0xc9 => self.length32()?.saturating_add(1),
            _ => 0,
        };
        self.take(length).map(drop)
    }

    fn signed(&mut self, marker: u8) -> Result<i64, ReadError> {
        Ok(match marker {
            0xd0 => i8::from_be_bytes(self.array_of()?).into(),
            0xd1 => i16::from_be_bytes(self.array_of()?).into(),
            0xd2 => i32::from_be_bytes(self.array_of()?).into(),
            0xd3 => i64::from_be_bytes(self.array_of()?),
            small => (small as i8).into(),
        })
    }

    fn length32(&mut self) -> Result<usize, ReadError> {
        usize::try_from(u32::from_be_bytes(self.array_of()?)).map_err(|_| ReadError::OutOfRange)
    }

    fn plausible(&self, length: usize) -> Result<usize, ReadError> {
        if length > self.rest().len() { Err(ReadError::Incomplete) } else { Ok(length) }
    }

    fn peek(&self) -> Result<u8, ReadError> {
        self.rest().first().copied().ok_or(ReadError::Incomplete)
    }

    fn byte(&mut self) -> Result<u8, ReadError> {
        Ok(self.array_of::<1>()?[0])
    }

    fn array_of<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        self.rest().first_chunk().copied().inspect(|_| self.at += N).ok_or(ReadError::Incomplete)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], ReadError> {
        let taken = self.rest().get(..length).ok_or(ReadError::Incomplete)?;
        self.at += length;
        Ok(taken)
    }
}
