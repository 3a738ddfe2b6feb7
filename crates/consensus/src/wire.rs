//! The calls that servers make of each other: their numbers and bodies.
//!
//! | kind | body | answer |
//! | --- | --- | --- |
//! | 1 propose | the command | the machine's outcome |
//! | 2 read index | u8: 0 lease, 1 quorum | u64 LE, the index to have applied |
//! | 3 bootstrap | a message of the bootstrap machine | empty |
//! | 4 ask | a question to the leader's answerer | its answer |
//!
//! A failed call's body is one byte, the code of [`Unavailable`].

use bytes::Bytes;
use proconsul_base::index::Index;
use proconsul_rpc::call::{CallError, Failed};

use crate::error::Unavailable;

pub(crate) const PROPOSE: u8 = 1;
pub(crate) const READ_INDEX: u8 = 2;
pub(crate) const BOOTSTRAP: u8 = 3;
pub(crate) const ASK: u8 = 4;

/// How sure a read must be that the leader still leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// The leader's lease is enough (Consul's default mode).
    Lease,
    /// A quorum confirms it first (Consul's consistent mode).
    Quorum,
}

impl Certainty {
    pub(crate) const fn body(self) -> &'static [u8] {
        match self {
            Self::Lease => &[0],
            Self::Quorum => &[1],
        }
    }

    pub(crate) fn from_body(body: &[u8]) -> Self {
        if body == [0] { Self::Lease } else { Self::Quorum }
    }
}

pub(crate) fn failed(error: Unavailable) -> Failed {
    Failed(Bytes::copy_from_slice(&[error.code()]))
}

pub(crate) fn unavailable(error: CallError) -> Unavailable {
    match error {
        CallError::NotSent => Unavailable::LeaderUnreachable,
        CallError::Busy => Unavailable::Busy,
        CallError::Broken => Unavailable::OutcomeUnknown,
        CallError::Failed(body) => Unavailable::from_code(body.first().copied()),
    }
}

pub(crate) fn index_body(index: Index) -> Bytes {
    Bytes::copy_from_slice(&index.0.to_le_bytes())
}

pub(crate) fn index_from(body: &[u8]) -> Option<Index> {
    Some(Index(u64::from_le_bytes(body.try_into().ok()?)))
}
