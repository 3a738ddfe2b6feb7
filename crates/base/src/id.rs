//! Identities: nodes, clusters, Raft peers. Knows nothing of where they are stored or how they are chosen.

pub mod lookup;

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use crate::rand::Rng;

/// Why a text is no identity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not the 36 characters of a UUID in 8-4-4-4-12 form.
    #[error("{0:?} is no UUID; expected 32 hexadecimal digits in the form 8-4-4-4-12")]
    Uuid(String),
    /// Not 16 hexadecimal digits, or zero.
    #[error("{0:?} is no Raft id; expected 16 hexadecimal digits, not all zero")]
    Raft(String),
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// Sixteen random bytes. Consul's UUIDs are plain random, not an RFC 4122 variant.
            pub fn random(rng: &mut Rng) -> Self {
                let mut bytes = [0; 16];
                rng.fill(&mut bytes);
                Self(bytes)
            }

            /// From its sixteen bytes.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The sixteen bytes.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                for (place, byte) in self.0.iter().enumerate() {
                    if matches!(place, 4 | 6 | 8 | 10) {
                        f.write_str("-")?;
                    }
                    write!(f, "{byte:02x}")?;
                }
                Ok(())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                parse_uuid(text).map(Self).ok_or_else(|| IdError::Uuid(text.to_owned()))
            }
        }
    };
}

uuid_id! {
    /// A node's identity, 36 characters in text (Consul's `node-id` file).
    NodeId
}
uuid_id! {
    /// The identity of a user event.
    EventId
}
uuid_id! {
    /// The identity of a prepared query.
    QueryId
}
uuid_id! {
    /// The identity of one Raft cluster, chosen once at bootstrap.
    ClusterId
}
uuid_id! {
    /// The identity of an intention.
    IntentionId
}
uuid_id! {
    /// The identity of one restore of the whole state.
    RestoreId
}
uuid_id! {
    /// A session's identity.
    SessionId
}

fn parse_uuid(text: &str) -> Option<[u8; 16]> {
    let text = text.as_bytes();
    if text.len() != 36 || [8, 13, 18, 23].iter().any(|&at| text[at] != b'-') {
        return None;
    }
    let mut digits = text.iter().filter(|&&byte| byte != b'-').map(|&byte| (byte as char).to_digit(16));
    let mut bytes = [0; 16];
    for byte in &mut bytes {
        *byte = (digits.next()?? * 16 + digits.next()??) as u8;
    }
    digits.next().is_none().then_some(bytes)
}

/// A Raft peer's identity: random, made together with its log, never reused. A server whose log is gone gets a new one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RaftId(NonZeroU64);

impl RaftId {
    /// A random identity, never zero.
    pub fn random(rng: &mut Rng) -> Self {
        loop {
            if let Some(id) = NonZeroU64::new(rng.u64()) {
                return Self(id);
            }
        }
    }

    /// From its number; `None` for zero, which Raft uses for "nobody".
    pub const fn new(number: u64) -> Option<Self> {
        match NonZeroU64::new(number) {
            Some(id) => Some(Self(id)),
            None => None,
        }
    }

    /// The number, never zero.
    pub const fn get(self) -> u64 {
        self.0.get()
    }
}

impl fmt::Display for RaftId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for RaftId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RaftId({self})")
    }
}

impl FromStr for RaftId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        (text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .then(|| u64::from_str_radix(text, 16).ok().and_then(Self::new))
            .flatten()
            .ok_or_else(|| IdError::Raft(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_from_its_text() {
        let mut rng = Rng::seeded(7);
        for _ in 0..100 {
            let node = NodeId::random(&mut rng);
            let raft = RaftId::random(&mut rng);
            assert_eq!(node.to_string().parse(), Ok(node));
            assert_eq!(raft.to_string().parse(), Ok(raft));
        }
    }

    #[test]
    fn text_that_is_no_id_is_refused() {
        for text in ["", "x", "0123456789abcdef0123456789abcdef0123", "0123456-89ab-cdef-0123-456789abcdefff"] {
            assert_eq!(text.parse::<NodeId>(), Err(IdError::Uuid(text.to_owned())));
        }
        for text in ["", "0000000000000000", "+00000000000001f", "1"] {
            assert_eq!(text.parse::<RaftId>(), Err(IdError::Raft(text.to_owned())));
        }
    }
}
