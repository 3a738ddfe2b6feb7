//! Reading a packet from its beginning, never past its end.

use crate::name::{NAME_BYTES, Name};

/// The packet is not what its header promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the packet is malformed")]
pub struct Malformed;

/// A place in a packet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    packet: &'a [u8],
    at: usize,
}

/// What stands before a record's data.
pub(super) struct RecordHead<'a> {
    pub(super) name: Name,
    pub(super) kind: u16,
    /// The class; with EDNS the packet size.
    pub(super) class: u16,
    pub(super) ttl: u32,
    pub(super) data: &'a [u8],
    /// Where the data begins, for names in it that point elsewhere.
    pub(super) data_cursor: Cursor<'a>,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(packet: &'a [u8], at: usize) -> Self {
        Self { packet, at }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.packet.len()
    }

    pub(super) fn bytes(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let bytes = self.packet.get(self.at..self.at + count).ok_or(Malformed)?;
        self.at += count;
        Ok(bytes)
    }

    pub(super) fn u8(&mut self) -> Result<u8, Malformed> {
        Ok(self.bytes(1)?[0])
    }

    pub(super) fn u16(&mut self) -> Result<u16, Malformed> {
        let bytes = self.bytes(2)?;
        Ok(u16::from_be_bytes([bytes[0], bytes[1]]))
    }

    pub(super) fn u32(&mut self) -> Result<u32, Malformed> {
        Ok(u32::from(self.u16()?) << 16 | u32::from(self.u16()?))
    }

    /// A name, pointers followed. Each pointer leads further to the front, so there is an end.
    pub(super) fn name(&mut self) -> Result<Name, Malformed> {
        let mut bytes = Vec::with_capacity(64);
        let mut reader = *self;
        let mut after = None;
        loop {
            let begin = reader.at;
            match reader.u8()? {
                0 => break,
                size @ 1..=63 => {
                    bytes.push(size);
                    bytes.extend_from_slice(reader.bytes(usize::from(size))?);
                    // The end is still to come.
                    if bytes.len() >= NAME_BYTES {
                        return Err(Malformed);
                    }
                }
                high @ 0xc0.. => {
                    let target = usize::from(high & 0x3f) << 8 | usize::from(reader.u8()?);
                    after.get_or_insert(reader.at);
                    if target >= begin {
                        return Err(Malformed);
                    }
                    reader.at = target;
                }
                _ => return Err(Malformed),
            }
        }
        self.at = after.unwrap_or(reader.at);
        bytes.push(0);
        Ok(Name::from_wire(bytes))
    }

    pub(super) fn record(&mut self) -> Result<RecordHead<'a>, Malformed> {
        let name = self.name()?;
        let (kind, class, ttl, length) = (self.u16()?, self.u16()?, self.u32()?, self.u16()?);
        let data_cursor = *self;
        let data = self.bytes(usize::from(length))?;
        Ok(RecordHead { name, kind, class, ttl, data, data_cursor })
    }
}
