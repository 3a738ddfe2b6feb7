//! The commands on keys.
//!
//! ```text
//! put          flags u64, key text, value to the end
//! put-cas      index u64, flags u64, key text, value to the end
//! delete       key text
//! delete-cas   index u64, key text
//! delete-tree  prefix text
//! lock         session 16 bytes, flags u64, key text, value to the end
//! unlock       session 16 bytes, flags u64, key text, value to the end
//! ```

use proconsul_base::id::SessionId;
use proconsul_base::index::Index;

use super::header;
use crate::wire::{Body, put_text};

pub(super) const VERSION: u8 = 1;
pub(super) const PUT: u16 = 0x0001;
pub(super) const PUT_CAS: u16 = 0x0002;
pub(super) const DELETE: u16 = 0x0003;
pub(super) const DELETE_CAS: u16 = 0x0004;
pub(super) const DELETE_TREE: u16 = 0x0005;
pub(super) const LOCK: u16 = 0x0030;
pub(super) const UNLOCK: u16 = 0x0031;

/// One change of the key space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KvCommand<'a> {
    /// Sets a key.
    Put(Put<'a>),
    /// Sets a key if it was last changed at this index; index 0: if there is no such key.
    PutCas(Put<'a>, Index),
    /// Removes a key.
    Delete(&'a str),
    /// Removes a key if it was last changed at this index, or is not there.
    DeleteCas(&'a str, Index),
    /// Removes all keys under a prefix.
    DeleteTree(&'a str),
    /// Sets a key and its lock, unless another session holds the lock or a lock-delay is not over.
    Lock(Put<'a>, SessionId),
    /// Sets a key and takes its lock away, if this session holds it.
    Unlock(Put<'a>, SessionId),
}

/// What a key is set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Put<'a> {
    /// The key.
    pub key: &'a str,
    /// The user's number beside the value.
    pub flags: u64,
    /// The value.
    pub value: &'a [u8],
}

impl<'a> KvCommand<'a> {
    pub(super) fn decode(kind: u16, body: &'a [u8]) -> Option<Self> {
        let mut body = Body(body);
        let command = match kind {
            PUT => Self::Put(Put::decode(&mut body)?),
            PUT_CAS => {
                let index = Index(body.u64()?);
                Self::PutCas(Put::decode(&mut body)?, index)
            }
            DELETE => Self::Delete(body.text()?),
            DELETE_CAS => {
                let index = Index(body.u64()?);
                Self::DeleteCas(body.text()?, index)
            }
            DELETE_TREE => Self::DeleteTree(body.text()?),
            LOCK | UNLOCK => {
                let session = SessionId::from_bytes(body.id()?);
                let put = Put::decode(&mut body)?;
                if kind == LOCK { Self::Lock(put, session) } else { Self::Unlock(put, session) }
            }
            _ => return None,
        };
        body.end()?;
        Some(command)
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        match *self {
            Self::Put(put) => put.append(header(PUT, VERSION, put.room())),
            Self::PutCas(put, index) => put.append(indexed(PUT_CAS, index, put.room())),
            Self::Delete(key) => named(header(DELETE, VERSION, 4 + key.len()), key),
            Self::DeleteCas(key, index) => named(indexed(DELETE_CAS, index, 4 + key.len()), key),
            Self::DeleteTree(prefix) => named(header(DELETE_TREE, VERSION, 4 + prefix.len()), prefix),
            Self::Lock(put, session) => put.append(held(LOCK, session, put.room())),
            Self::Unlock(put, session) => put.append(held(UNLOCK, session, put.room())),
        }
    }
}

impl<'a> Put<'a> {
    fn decode(body: &mut Body<'a>) -> Option<Self> {
        Some(Self { flags: body.u64()?, key: body.text()?, value: body.rest() })
    }

    fn room(&self) -> usize {
        8 + 4 + self.key.len() + self.value.len()
    }

    fn append(&self, mut bytes: Vec<u8>) -> Vec<u8> {
        bytes.extend_from_slice(&self.flags.to_le_bytes());
        put_text(&mut bytes, self.key);
        bytes.extend_from_slice(self.value);
        bytes
    }
}

fn indexed(kind: u16, index: Index, room: usize) -> Vec<u8> {
    let mut bytes = header(kind, VERSION, 8 + room);
    bytes.extend_from_slice(&index.0.to_le_bytes());
    bytes
}

fn held(kind: u16, session: SessionId, room: usize) -> Vec<u8> {
    let mut bytes = header(kind, VERSION, 16 + room);
    bytes.extend_from_slice(session.as_bytes());
    bytes
}

fn named(mut bytes: Vec<u8>, key: &str) -> Vec<u8> {
    put_text(&mut bytes, key);
    bytes
}
