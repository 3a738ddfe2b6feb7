//! How a conversation over a stream can fail. The driver makes the first kinds, the machine the others.

/// Why a stream brought nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeError {
    /// No connection, or it broke.
    #[error("the connection failed: {0}")]
    Connection(std::io::ErrorKind),
    /// No complete answer in time.
    #[error("no complete answer in time")]
    TimedOut,
    /// Too many conversations at once; a bound of `base::limit`.
    #[error("too many conversations at once")]
    Busy,
}
