//! Config entries in a snapshot.
//!
//! ```text
//! head    the table's last change u64
//! record  create index u64, modify index u64, the entry as its JSON document
//! ```

use std::io;

use proconsul_types::config_entry::ConfigRecord;

use super::section::{self, Records, Section};
use crate::command::config;
use crate::table::config_entries::ConfigEntries;
use crate::wire::Body;

impl Section for ConfigEntries {
    const KIND: u16 = 0x0050;

    fn head(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.changed().0.to_le_bytes());
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn write(&self, records: &mut Records<'_>) -> io::Result<()> {
        self.iter().try_for_each(|record| {
            records.put(|to| {
                to.extend_from_slice(&record.create_index.to_le_bytes());
                to.extend_from_slice(&record.modify_index.to_le_bytes());
                config::append(to, &record.entry);
            })
        })
    }

    fn begin(head: Body<'_>) -> Option<Self> {
        section::changed(head).map(Self::restored)
    }

    fn restore(&mut self, record: &[u8]) -> Option<()> {
        let mut body = Body(record);
        let (create_index, modify_index) = (body.u64()?, body.u64()?);
        let entry = config::document(body.0)?;
        self.restore(ConfigRecord { entry, create_index, modify_index });
        Some(())
    }
}
