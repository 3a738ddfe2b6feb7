//! The records of a snapshot, one form per table.
//!
//! ```text
//! kv          lock index u64, flags u64, created u64, changed u64, session (0 u8 | 1 u8 and 16 bytes), key text, value
//! tombstones  index u64, key text
//! ```

use bytes::Bytes;
use proconsul_base::index::Index;
use proconsul_types::kv::{Key, KvEntry};

use crate::wire::{Body, put_text};

pub(super) fn kv(to: &mut Vec<u8>, entry: &KvEntry) {
    for number in [entry.lock_index, entry.flags, entry.create_index.0, entry.modify_index.0] {
        to.extend_from_slice(&number.to_le_bytes());
    }
    to.push(u8::from(entry.session.is_some()));
    to.extend(entry.session.iter().flatten());
    put_text(to, &entry.key);
    to.extend_from_slice(&entry.value);
}

pub(super) fn read_kv(body: &[u8]) -> Option<KvEntry> {
    let mut body = Body(body);
    let (lock_index, flags) = (body.u64()?, body.u64()?);
    let (create_index, modify_index) = (Index(body.u64()?), Index(body.u64()?));
    let session = match body.u8()? {
        0 => None,
        1 => Some(body.id()?),
        _ => return None,
    };
    let key = Key::from(body.text()?);
    let value = Bytes::copy_from_slice(body.rest());
    Some(KvEntry { lock_index, key, flags, value, session, create_index, modify_index })
}

pub(super) fn tombstone(to: &mut Vec<u8>, key: &Key, index: Index) {
    to.extend_from_slice(&index.0.to_le_bytes());
    put_text(to, key);
}

pub(super) fn read_tombstone(body: &[u8]) -> Option<(Key, Index)> {
    let mut body = Body(body);
    let index = Index(body.u64()?);
    let key = Key::from(body.text()?);
    body.end()?;
    Some((key, index))
}
