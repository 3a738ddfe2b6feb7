//! What a command did, as the one who proposed it is told.

use bytes::Bytes;

/// The state machine's answer to one command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A condition did not hold; nothing was changed.
    Refused,
    /// Carried out.
    Done,
    /// A kind this version does not know and may skip.
    Skipped,
}

impl Outcome {
    /// Its form between servers, one byte.
    pub const fn encode(self) -> Bytes {
        Bytes::from_static(match self {
            Self::Refused => &[0],
            Self::Done => &[1],
            Self::Skipped => &[2],
        })
    }

    /// From its form between servers; `None` when it is none that this version knows.
    pub const fn decode(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0] => Some(Self::Refused),
            [1] => Some(Self::Done),
            [2] => Some(Self::Skipped),
            _ => None,
        }
    }

    pub(crate) const fn of(held: bool) -> Self {
        if held { Self::Done } else { Self::Refused }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_reads_back_from_its_byte() {
        for outcome in [Outcome::Refused, Outcome::Done, Outcome::Skipped] {
            assert_eq!(Outcome::decode(&outcome.encode()), Some(outcome));
        }
        assert_eq!(Outcome::decode(&[3]), None);
        assert_eq!(Outcome::decode(&[]), None);
    }
}
