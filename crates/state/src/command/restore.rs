//! The commands that put another state in the place of this one: its bytes part by part, then one that swaps it in.
//!
//! ```text
//! part     id 16 bytes, offset u64, the bytes to the end
//! finish   id 16 bytes, length u64, checksum u32
//! abandon  id 16 bytes
//! ```
//!
//! The parts together are a snapshot as [`crate::snapshot`] has it. Nothing of it shows before the last command, so whatever
//! ends the restore early leaves the state as it was.

use proconsul_base::id::RestoreId;

use super::header;
use crate::wire::{Body, put_u64};

pub(super) const VERSION: u8 = 1;
pub(super) const PART: u16 = 0x00a0;
pub(crate) const FINISH: u16 = 0x00a1;
pub(super) const ABANDON: u16 = 0x00a2;

/// One step of a restore. Each may be made again without harm when it is not known what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestoreCommand<'a> {
    /// Bytes of the state that is to come. The first part of one restore drops what is there of another.
    Part {
        /// Which restore.
        id: RestoreId,
        /// How many bytes were before these.
        offset: u64,
        /// The bytes, at least one.
        bytes: &'a [u8],
    },
    /// The state is whole: from here on it is the state.
    Finish(Finish),
    /// The state will not come: drops what is there of it.
    Abandon(RestoreId),
}

/// What a restore must have become when it is finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finish {
    /// Which restore.
    pub id: RestoreId,
    /// How many bytes it has.
    pub length: u64,
    /// Their CRC32C.
    pub checksum: u32,
}

impl<'a> RestoreCommand<'a> {
    pub(super) fn decode(kind: u16, body: &'a [u8]) -> Option<Self> {
        let mut body = Body(body);
        let id = RestoreId::from_bytes(body.id()?);
        let command = match kind {
            PART => {
                let offset = body.u64()?;
                Self::Part { id, offset, bytes: Some(body.rest()).filter(|bytes| !bytes.is_empty())? }
            }
            FINISH => Self::Finish(Finish { id, length: body.u64()?, checksum: body.u32()? }),
            ABANDON => Self::Abandon(id),
            _ => return None,
        };
        body.end()?;
        Some(command)
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Part { id, offset, bytes: part } => {
                let mut bytes = header(PART, VERSION, 24 + part.len());
                bytes.extend_from_slice(id.as_bytes());
                put_u64(&mut bytes, *offset);
                bytes.extend_from_slice(part);
                bytes
            }
            Self::Finish(Finish { id, length, checksum }) => {
                let mut bytes = header(FINISH, VERSION, 28);
                bytes.extend_from_slice(id.as_bytes());
                put_u64(&mut bytes, *length);
                bytes.extend_from_slice(&checksum.to_le_bytes());
                bytes
            }
            Self::Abandon(id) => {
                let mut bytes = header(ABANDON, VERSION, 16);
                bytes.extend_from_slice(id.as_bytes());
                bytes
            }
        }
    }
}
