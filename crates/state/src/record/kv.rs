//! A key in bytes, with its history.
//!
//! ```text
//! lock index u64, flags u64, created u64, changed u64, session (0 u8 | 1 u8 and 16 bytes), key text, value to the end
//! ```

use bytes::Bytes;
use proconsul_base::id::SessionId;
use proconsul_base::index::Index;
use proconsul_types::kv::{Key, KvEntry};

use crate::wire::{Body, put_option, put_text};

pub(crate) fn append(to: &mut Vec<u8>, entry: &KvEntry) {
    for number in [entry.lock_index, entry.flags, entry.create_index.0, entry.modify_index.0] {
        to.extend_from_slice(&number.to_le_bytes());
    }
    put_option(to, entry.session, |to, session| to.extend_from_slice(session.as_bytes()));
    put_text(to, &entry.key);
    to.extend_from_slice(&entry.value);
}

/// `None` when the bytes are no entry.
pub(crate) fn read(record: &[u8]) -> Option<KvEntry> {
    let mut body = Body(record);
    let (lock_index, flags) = (body.u64()?, body.u64()?);
    let (create_index, modify_index) = (Index(body.u64()?), Index(body.u64()?));
    let session = body.option(|body| body.id().map(SessionId::from_bytes))?;
    let key = Key::from(body.text()?);
    let value = Bytes::copy_from_slice(body.rest());
    Some(KvEntry { lock_index, key, flags, value, session, create_index, modify_index })
}
