//! Tags inside memberlist's meta: byte 255, then a map of texts.

use proconsul_base::limit::GOSSIP_META_BYTES;

/// The tags do not fit into a member's meta.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "tags take {bytes} bytes when packed, more than the {GOSSIP_META_BYTES} that gossip carries; use fewer or shorter tags"
)]
pub struct TooLong {
    /// How long they are when packed.
    pub bytes: usize,
}
