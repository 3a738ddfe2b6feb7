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
        let mut labels: Vec<&'a [u8]> = Vec::with_capacity(8);
        let mut reader = *self;
        let mut after = None;
        let mut length = 1;
        loop {
            let begin = reader.at;
            match reader.u8()? {
                0 => break,
                size @ 1..=63 => {
                    length += 1 + usize::from(size);
                    if length > NAME_BYTES {
                        return Err(Malformed);
                    }
                    labels.push(reader.bytes(usize::from(size))?);
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
        Name::from_labels(labels).map_err(|_| Malformed)
    }

    pub(super) fn record(&mut self) -> Result<RecordHead<'a>, Malformed> {
        let name = self.name()?;
        let (kind, class, ttl, length) = (self.u16()?, self.u16()?, self.u32()?, self.u16()?);
        let data_cursor = *self;
        let data = self.bytes(usize::from(length))?;
        Ok(RecordHead { name, kind, class, ttl, data, data_cursor })
    }
}
