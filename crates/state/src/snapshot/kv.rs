//! Keys in a snapshot.
//!
//! ```text
//! head    the table's last change u64
//! record  the entry
//! ```
//!
//! The entry has the form of [`crate::record::kv`].

use std::io;

use proconsul_base::index::Index;

use super::section::{Records, Section};
use crate::record;
use crate::table::kv::KvTable;
use crate::wire::Body;

impl Section for KvTable {
    const KIND: u16 = 0x0001;

    fn head(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.changed().0.to_le_bytes());
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn write(&self, records: &mut Records<'_>) -> io::Result<()> {
        self.iter().try_for_each(|entry| records.put(|to| record::kv::append(to, entry)))
    }

    fn begin(mut head: Body<'_>) -> Option<Self> {
        Some(Self::restored(Index(head.u64()?)))
    }

    fn restore(&mut self, record: &[u8]) -> Option<()> {
        self.restore(record::kv::read(record)?);
        Some(())
    }
}
