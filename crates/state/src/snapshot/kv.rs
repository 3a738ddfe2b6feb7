//! Keys in a snapshot.
//!
//! ```text
//! head    the table's last change u64
//! record  lock index u64, flags u64, created u64, changed u64, session (0 u8 | 1 u8 and 16 bytes), key text, value
//! ```

use std::io;

use bytes::Bytes;
use proconsul_base::id::SessionId;
use proconsul_base::index::Index;
use proconsul_types::kv::{Key, KvEntry};

use super::section::{Records, Section};
use crate::table::kv::KvTable;
use crate::wire::{Body, put_option, put_text};

impl Section for KvTable {
    const KIND: u16 = 0x0001;

    fn head(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.changed().0.to_le_bytes());
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn write(&self, records: &mut Records<'_>) -> io::Result<()> {
        self.iter().try_for_each(|entry| records.put(|to| append(to, entry)))
    }

    fn begin(mut head: Body<'_>) -> Option<Self> {
        Some(Self::restored(Index(head.u64()?)))
    }

    fn restore(&mut self, record: &[u8]) -> Option<()> {
        self.restore(read(record)?);
        Some(())
    }
}

fn append(to: &mut Vec<u8>, entry: &KvEntry) {
    for number in [entry.lock_index, entry.flags, entry.create_index.0, entry.modify_index.0] {
        to.extend_from_slice(&number.to_le_bytes());
    }
    put_option(to, entry.session, |to, session| to.extend_from_slice(session.as_bytes()));
    put_text(to, &entry.key);
    to.extend_from_slice(&entry.value);
}

fn read(record: &[u8]) -> Option<KvEntry> {
    let mut body = Body(record);
    let (lock_index, flags) = (body.u64()?, body.u64()?);
    let (create_index, modify_index) = (Index(body.u64()?), Index(body.u64()?));
    let session = body.option(|body| body.id().map(SessionId::from_bytes))?;
    let key = Key::from(body.text()?);
    let value = Bytes::copy_from_slice(body.rest());
    Some(KvEntry { lock_index, key, flags, value, session, create_index, modify_index })
}
