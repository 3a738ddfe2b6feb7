//! The head of a frame.

/// Bytes of a head.
pub(super) const HEAD_BYTES: usize = 12;

pub(super) const SYN: u16 = 1;
pub(super) const ACK: u16 = 2;
pub(super) const FIN: u16 = 4;
pub(super) const RST: u16 = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    Data = 0,
    Window = 1,
    Ping = 2,
    GoAway = 3,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) kind: Kind,
    pub(super) flags: u16,
    pub(super) stream: u32,
    pub(super) length: u32,
}

/// Why a connection cannot go on.
#[derive(Debug, thiserror::Error)]
pub(super) enum YamuxError {
    #[error("the connection broke: {0}")]
    Io(#[from] std::io::Error),
    #[error("version {0} of yamux is not known here")]
    Version(u8),
    #[error("a frame of unknown kind {0}")]
    Kind(u8),
    #[error("stream {0} is opened by the wrong end, or twice")]
    Open(u32),
    #[error("stream {0} sends more than it may")]
    Window(u32),
    #[error("more has come than this connection may hold unread")]
    Full,
    #[error("the other end reads nothing, or answers no ping")]
    Silent,
}

impl Head {
    pub(super) fn new(kind: Kind, flags: u16, stream: u32, length: u32) -> Self {
        Self { kind, flags, stream, length }
    }

    pub(super) fn has(self, flag: u16) -> bool {
        self.flags & flag != 0
    }

    pub(super) fn encode(self) -> [u8; HEAD_BYTES] {
        let mut bytes = [0; HEAD_BYTES];
        bytes[1] = self.kind as u8;
        bytes[2..4].copy_from_slice(&self.flags.to_be_bytes());
        bytes[4..8].copy_from_slice(&self.stream.to_be_bytes());
        bytes[8..].copy_from_slice(&self.length.to_be_bytes());
        bytes
    }

    pub(super) fn decode(bytes: [u8; HEAD_BYTES]) -> Result<Self, YamuxError> {
        let [version, kind, flags @ .., _, _, _, _, _, _, _, _] = bytes;
        if version != 0 {
            return Err(YamuxError::Version(version));
        }
        let kinds = [Kind::Data, Kind::Window, Kind::Ping, Kind::GoAway];
        let kind = kinds.into_iter().find(|known| *known as u8 == kind).ok_or(YamuxError::Kind(kind))?;
        let [_, _, _, _, stream @ .., _, _, _, _] = bytes;
        let [_, _, _, _, _, _, _, _, length @ ..] = bytes;
        let (stream, length) = (u32::from_be_bytes(stream), u32::from_be_bytes(length));
        Ok(Self { kind, flags: u16::from_be_bytes(flags), stream, length })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_has_the_bytes_of_hashicorps_yamux() {
        // A client agent of 1.8.7 opens its first stream.
        let open = Head::new(Kind::Window, SYN, 1, 0);
        assert_eq!(open.encode(), [0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0]);
        assert_eq!(Head::decode(open.encode()).unwrap(), open);
        assert!(matches!(Head::decode([1; 12]), Err(YamuxError::Version(1))));
        assert!(matches!(Head::decode([0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), Err(YamuxError::Kind(9))));
    }
}
