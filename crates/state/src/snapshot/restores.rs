//! Restores in a snapshot.
//!
//! ```text
//! head    how far the state is ahead of the log u64, 0 u8 | 1 u8 and the id of the last restore 16 bytes,
//!         0 u8 | 1 u8 and the id of the restore on its way 16 bytes
//! record  a part of the state on its way
//! ```

use std::io;

use proconsul_base::id::RestoreId;

use super::section::{Records, Section};
use crate::table::restores::{Parts, Restores};
use crate::wire::{Body, put_option, put_u64};

impl Section for Restores {
    const KIND: u16 = 0x00a0;

    fn head(&self, to: &mut Vec<u8>) {
        put_u64(to, self.ahead());
        for id in [self.done(), self.incoming().map(|incoming| incoming.id)] {
            put_option(to, id, |to, id| to.extend_from_slice(id.as_bytes()));
        }
    }

    fn len(&self) -> usize {
        self.incoming().map_or(0, |incoming| incoming.parts.iter().len())
    }

    fn write(&self, records: &mut Records<'_>) -> io::Result<()> {
        let parts = self.incoming().map(|incoming| &incoming.parts);
        parts.into_iter().flat_map(Parts::iter).try_for_each(|part| records.put(|to| to.extend_from_slice(part)))
    }

    fn begin(mut head: Body<'_>) -> Option<Self> {
        let ahead = head.u64()?;
        let mut id = || head.option(|head| head.id().map(RestoreId::from_bytes));
        let (done, incoming) = (id()?, id()?);
        head.end()?;
        Some(Self::restored(ahead, done, incoming))
    }

    fn restore(&mut self, record: &[u8]) -> Option<()> {
        self.restore(record)
    }
}
