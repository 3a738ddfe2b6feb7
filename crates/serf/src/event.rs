//! User events: short messages that reach every member once.

use proconsul_base::limit::SERF_EVENT_BYTES;

/// Why a user event was not fired.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// Name and payload are too long together.
    #[error(
        "user event {name:?} takes {bytes} bytes with its payload, more than the {SERF_EVENT_BYTES} that gossip carries"
    )]
    TooLong {
        /// The event's name.
        name: String,
        /// Name and payload together.
        bytes: usize,
    },
}
