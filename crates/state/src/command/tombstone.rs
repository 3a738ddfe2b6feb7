//! The command that forgets what was deleted. The leader proposes it; only the leader's clock knows when.

use proconsul_base::index::Index;

use super::header;
use crate::wire::Body;

pub(super) const VERSION: u8 = 1;
pub(super) const REAP: u16 = 0x0010;

/// Forgets all tombstones up to and including this index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reap {
    /// The newest index to forget.
    pub through: Index,
}

impl Reap {
    pub(super) fn decode(body: &[u8]) -> Option<Self> {
        let mut body = Body(body);
        let through = Index(body.u64()?);
        body.end()?;
        Some(Self { through })
    }

    pub(super) fn encode(self) -> Vec<u8> {
        let mut bytes = header(REAP, VERSION, 8);
        bytes.extend_from_slice(&self.through.0.to_le_bytes());
        bytes
    }
}
