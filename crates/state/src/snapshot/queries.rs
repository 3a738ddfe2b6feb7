//! Prepared queries in a snapshot.
//!
//! ```text
//! head    the table's last change u64
//! record  the query as its JSON document
//! ```

use std::io;

use proconsul_base::index::Index;

use super::section::{Records, Section};
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

    fn begin(mut head: Body<'_>) -> Option<Self> {
        let changed = Index(head.u64()?);
        head.end()?;
        Some(Self::restored(changed))
    }

    fn restore(&mut self, record: &[u8]) -> Option<()> {
        self.restore(query::document(record)?)
    }
}
