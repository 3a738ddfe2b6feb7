//! Frames of yamux, by which many streams share one connection. Knows no socket.
//!
//! ```text
//! version u8 (0), kind u8, flags u16 BE, stream u32 BE, length u32 BE; after a frame of data so many bytes
//! ```

use bytes::{BufMut, Bytes, BytesMut};

/// Before the frames, this byte says what is spoken.
pub(super) const YAMUX: u8 = 4;

/// Bytes of a frame without its data.
pub(super) const HEAD_BYTES: usize = 12;

/// What each end may send on a new stream before it is told to go on.
pub(super) const FIRST_WINDOW: u32 = 256 * 1024;

pub(super) const SYN: u16 = 1;
pub(super) const ACK: u16 = 2;
pub(super) const FIN: u16 = 4;
pub(super) const RST: u16 = 8;

/// What a frame is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// So many bytes follow.
    Data,
    /// So many more bytes may be sent.
    Window,
    /// To be sent back.
    Ping,
    /// No new streams.
    GoAway,
}

/// A frame without its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) kind: Kind,
    pub(super) flags: u16,
    pub(super) stream: u32,
    pub(super) length: u32,
}

impl Head {
    /// Its meaning; `None` when it is of another protocol.
    pub(super) fn read(bytes: [u8; HEAD_BYTES]) -> Option<Self> {
        let [version, kind, flags @ .., s0, s1, s2, s3, l0, l1, l2, l3] = bytes;
        let kind = match (version, kind) {
            (0, 0) => Kind::Data,
            (0, 1) => Kind::Window,
            (0, 2) => Kind::Ping,
            (0, 3) => Kind::GoAway,
            _ => return None,
        };
        Some(Self {
            kind,
            flags: u16::from_be_bytes(flags),
            stream: u32::from_be_bytes([s0, s1, s2, s3]),
            length: u32::from_be_bytes([l0, l1, l2, l3]),
        })
    }

    /// As it travels, in front of its data.
    pub(super) fn write(self, data: &[u8]) -> Bytes {
        let mut to = BytesMut::with_capacity(HEAD_BYTES + data.len());
        to.put_u8(0);
        to.put_u8(self.kind as u8);
        to.put_u16(self.flags);
        to.put_u32(self.stream);
        to.put_u32(self.length);
        to.put_slice(data);
        to.freeze()
    }

    /// A part of what a stream carries.
    pub(super) fn data(stream: u32, flags: u16, data: &[u8]) -> Bytes {
        let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
        Self { kind: Kind::Data, flags, stream, length }.write(data)
    }

    /// A change of a stream: more room, or its end.
    pub(super) fn window(stream: u32, flags: u16, more: u32) -> Bytes {
        Self { kind: Kind::Window, flags, stream, length: more }.write(&[])
    }

    /// A ping, or with [`ACK`] what is sent back.
    pub(super) fn ping(flags: u16, number: u32) -> Bytes {
        Self { kind: Kind::Ping, flags, stream: 0, length: number }.write(&[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_has_its_golden_bytes_and_reads_back() {
        let written = Head::data(7, SYN | FIN, b"ab");
        assert_eq!(&written[..], b"\x00\x00\x00\x05\x00\x00\x00\x07\x00\x00\x00\x02ab");
        let head = Head { kind: Kind::Data, flags: 5, stream: 7, length: 2 };
        assert_eq!(Head::read(written[..HEAD_BYTES].try_into().unwrap()), Some(head));
        assert_eq!(&Head::window(9, RST, 256)[..], b"\x00\x01\x00\x08\x00\x00\x00\x09\x00\x00\x01\x00");
        assert_eq!(&Head::ping(ACK, 3)[..], b"\x00\x02\x00\x02\x00\x00\x00\x00\x00\x00\x00\x03");
        assert_eq!(Head::read(*b"\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"), None);
        assert_eq!(Head::read(*b"\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"), None);
    }
}
