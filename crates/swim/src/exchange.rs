//! How a conversation over a stream can fail. The driver makes the first kinds, the machine the others.

use crate::wire::stream::StreamError;

/// Why a stream brought nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeError {
    /// No connection, or it broke.
    #[error("the connection failed: {0}")]
    Connection(std::io::ErrorKind),
    /// The other side closed before it had answered.
    #[error("the other side closed the connection without an answer")]
    Closed,
    /// No complete answer in time.
    #[error("no complete answer in time")]
    TimedOut,
    /// Too many conversations at once; a bound of `base::limit`.
    #[error("too many conversations at once")]
    Busy,
    /// The answer was not understood.
    #[error(transparent)]
    Stream(#[from] StreamError),
    /// The other side refused.
    #[error("the other side refused: {0}")]
    Refused(String),
    /// Something else than what was asked for.
    #[error("the answer is no answer to what was asked")]
    OtherAnswer,
    /// It was our own address.
    #[error("the address is our own")]
    Ourselves,
    /// Not everybody would understand everybody.
    #[error("{protocol} version {current} of member {node:?} is not understood by all others ({min} to {max})")]
    Versions {
        /// `protocol` or `delegate`.
        protocol: &'static str,
        /// Who would not be understood.
        node: String,
        /// What it speaks.
        current: u8,
        /// What all understand at least.
        min: u8,
        /// What all understand at most.
        max: u8,
    },
}
