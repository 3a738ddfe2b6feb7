//! Prepared queries in a snapshot.
//!
//! ```text
//! head    the table's last change u64
//! record  the query as its JSON document
//! ```

use std::io;

use super::section::{self, Records, Section};
use crate::command::query;
use crate::table::queries::Queries;
use crate::wire::Body;

impl Section for Queries {
    const KIND: u16 = 0x0070;

    fn head(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.changed().0.to_le_bytes());
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn write(&self, records: &mut Records<'_>) -> io::Result<()> {
        self.iter().try_for_each(|query| records.put(|to| query::append(to, query)))
    }

    fn begin(head: Body<'_>) -> Option<Self> {
        section::changed(head).map(Self::restored)
    }

    fn restore(&mut self, record: &[u8]) -> Option<()> {
        self.restore(query::document(record)?)
    }
}
