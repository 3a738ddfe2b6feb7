//! Remembered deletions in a snapshot.
//!
//! ```text
//! record  index u64, key text
//! ```

use std::io;

use proconsul_base::index::Index;
use proconsul_types::kv::Key;

use super::section::{Records, Section};
use crate::table::tombstones::Tombstones;
use crate::wire::{Body, put_text};

impl Section for Tombstones {
    const KIND: u16 = 0x0002;

    fn len(&self) -> usize {
        self.len()
    }

    fn write(&self, records: &mut Records<'_>) -> io::Result<()> {
        self.iter().try_for_each(|(key, index)| {
            records.put(|to| {
                to.extend_from_slice(&index.0.to_le_bytes());
                put_text(to, key);
            })
        })
    }

    fn begin(_head: Body<'_>) -> Option<Self> {
        Some(Self::default())
    }

    fn restore(&mut self, record: &[u8]) -> Option<()> {
        let mut body = Body(record);
        let index = Index(body.u64()?);
        let key = Key::from(body.text()?);
        body.end()?;
        self.insert(index, key);
        Some(())
    }
}
