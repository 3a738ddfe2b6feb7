//! Sessions in a snapshot.
//!
//! ```text
//! head    the table's last change u64
//! record  created u64, the session's fields
//! ```

use std::io;

use proconsul_base::index::Index;
use proconsul_types::session::Session;

use super::section::{Records, Section};
use crate::table::sessions::Sessions;
use crate::wire::{Body, put_session, put_u64, session};

impl Section for Sessions {
    const KIND: u16 = 0x0030;

    fn head(&self, to: &mut Vec<u8>) {
        put_u64(to, self.changed().0);
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn write(&self, records: &mut Records<'_>) -> io::Result<()> {
        self.iter().try_for_each(|session| {
            records.put(|to| {
                put_u64(to, session.create_index.0);
                put_session(to, session);
            })
        })
    }

    fn begin(mut head: Body<'_>) -> Option<Self> {
        Some(Self::restored(Index(head.u64()?)))
    }

    fn restore(&mut self, record: &[u8]) -> Option<()> {
        let mut body = Body(record);
        let index = Index(body.u64()?);
        let session = Session { create_index: index, modify_index: index, ..session(&mut body)? };
        body.end()?;
        self.restore(session);
        Some(())
    }
}
