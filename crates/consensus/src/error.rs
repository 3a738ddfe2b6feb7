//! Why consensus gave no answer, in the words that Consul's clients know.

/// Why a proposal or a read was not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unavailable {
    /// No leader within the hold time; nothing was done.
    #[error("No cluster leader")]
    NoLeader,
    /// The leader could not be reached; nothing was done.
    #[error("rpc error getting client: failed to get conn: the leader could not be reached")]
    LeaderUnreachable,
    /// The connection to the leader broke while it worked: a write may or may not have happened.
    #[error("rpc error making call: EOF")]
    OutcomeUnknown,
    /// The leader lost its office while it worked: a write may or may not have happened.
    #[error("leadership lost while committing log")]
    LeadershipLost,
    /// Too much is waiting already; nothing was done.
    #[error("rpc error making call: too many requests are waiting for the leader")]
    Busy,
    /// The server is stopping.
    #[error("rpc error making call: server is shutting down")]
    Stopping,
}

impl Unavailable {
    /// Whether the same request may be made again without the risk of doing it twice.
    pub fn nothing_was_done(self) -> bool {
        !matches!(self, Self::OutcomeUnknown | Self::LeadershipLost)
    }

    /// The form between servers.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::NoLeader => 1,
            Self::LeaderUnreachable => 2,
            Self::OutcomeUnknown => 3,
            Self::LeadershipLost => 4,
            Self::Busy => 5,
            Self::Stopping => 6,
        }
    }

    /// From the form between servers; what is not known counts as an unknown outcome, the safe reading.
    pub(crate) fn from_code(code: Option<u8>) -> Self {
        [Self::NoLeader, Self::LeaderUnreachable, Self::LeadershipLost, Self::Busy, Self::Stopping]
            .into_iter()
            .find(|error| Some(error.code()) == code)
            .unwrap_or(Self::OutcomeUnknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_between_servers_reads_back_and_an_unknown_one_is_never_taken_for_harmless() {
        for error in [Unavailable::NoLeader, Unavailable::LeadershipLost, Unavailable::Busy, Unavailable::Stopping] {
            assert_eq!(Unavailable::from_code(Some(error.code())), error);
        }
        assert!(!Unavailable::from_code(Some(99)).nothing_was_done());
        assert!(!Unavailable::from_code(None).nothing_was_done());
    }
}
