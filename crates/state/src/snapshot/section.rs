//! How one table goes out and comes in: a kind, a head, and records; the stream around them is not its business.

use std::io::{self, Write};

use proconsul_base::index::Index;

use crate::wire::Body;

/// A table's part of a snapshot. One table has one form: its records go out in the order of their keys.
pub(super) trait Section: Sized {
    /// The number of the section. With the highest bit set, who does not know it may skip it.
    const KIND: u16;

    /// What stands before the records.
    fn head(&self, _to: &mut Vec<u8>) {}

    /// How many records there are.
    fn len(&self) -> usize;

    /// Writes the records, as many as [`Section::len`] says.
    fn write(&self, records: &mut Records<'_>) -> io::Result<()>;

    /// An empty table with what the head says; `None` when the head is malformed.
    fn begin(head: Body<'_>) -> Option<Self>;

    /// Takes one record in; `None` when it is malformed.
    fn restore(&mut self, record: &[u8]) -> Option<()>;
}

/// Where a table's records go.
pub(super) struct Records<'a> {
    to: &'a mut dyn Write,
    body: Vec<u8>,
}

impl<'a> Records<'a> {
    pub(super) fn new(to: &'a mut dyn Write) -> Self {
        Self { to, body: Vec::new() }
    }

    /// Writes one record, which `fill` appends to the empty body.
    pub(super) fn put(&mut self, fill: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
        fill(&mut self.body);
        self.to.write_all(&(self.body.len() as u32).to_le_bytes())?;
        self.to.write_all(&self.body)?;
        self.body.clear();
        Ok(())
    }
}

/// Reads a head that says the table's last change and nothing else.
pub(super) fn changed(mut head: Body<'_>) -> Option<Index> {
    let changed = Index(head.u64()?);
    head.end()?;
    Some(changed)
}
