//! The type bytes of memberlist's messages.

/// What follows the type byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Are you there?
    Ping = 0,
    /// Ping somebody in my place.
    IndirectPing = 1,
    /// I am here.
    Ack = 2,
    /// A member does not answer.
    Suspect = 3,
    /// A member speaks about itself.
    Alive = 4,
    /// A member is gone, or left.
    Dead = 5,
    /// A whole state, on streams only.
    PushPull = 6,
    /// Several messages.
    Compound = 7,
    /// Bytes of the layer above.
    User = 8,
    /// A compressed message.
    Compress = 9,
    /// Encryption begins, on streams only.
    Encrypt = 10,
    /// The member you asked me to ping does not answer in time.
    Nack = 11,
    /// A checksum, then a message.
    Crc = 12,
    /// Why a stream is refused.
    Error = 13,
    /// The pool's label, before everything else.
    Label = 244,
}

impl Kind {
    const ALL: [Self; 15] = [
        Self::Ping,
        Self::IndirectPing,
        Self::Ack,
        Self::Suspect,
        Self::Alive,
        Self::Dead,
        Self::PushPull,
        Self::Compound,
        Self::User,
        Self::Compress,
        Self::Encrypt,
        Self::Nack,
        Self::Crc,
        Self::Error,
        Self::Label,
    ];

    /// From its number; `None` when it is unknown.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == number)
    }
}
