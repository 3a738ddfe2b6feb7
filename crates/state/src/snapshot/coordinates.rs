//! Places of nodes in a snapshot.
//!
//! ```text
//! head    the table's last change u64
//! record  one place, as in the command that changes it
//! ```

use std::io;

use proconsul_base::index::Index;

use super::section::{Records, Section};
use crate::command::coordinate;
use crate::table::coordinates::Coordinates;
use crate::wire::Body;

impl Section for Coordinates {
    const KIND: u16 = 0x0080;

    fn head(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.changed().0.to_le_bytes());
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn write(&self, records: &mut Records<'_>) -> io::Result<()> {
        self.iter().try_for_each(|place| records.put(|to| coordinate::append(to, place)))
    }

    fn begin(mut head: Body<'_>) -> Option<Self> {
        Some(Self::restored(Index(head.u64()?)))
    }

    fn restore(&mut self, record: &[u8]) -> Option<()> {
        let mut body = Body(record);
        let place = coordinate::read(&mut body)?;
        body.end()?;
        self.restore(place);
        Some(())
    }
}
