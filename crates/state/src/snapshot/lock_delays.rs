//! Keys that wait for the end of a lock-delay in a snapshot.
//!
//! ```text
//! record  since u64, delay u64, key text
//! ```

use std::io;
use std::time::Duration;

use proconsul_base::index::Index;

use super::section::{Records, Section};
use crate::command::session::LockDelayOver;
use crate::table::lock_delays::LockDelays;
use crate::wire::{Body, put_text, put_u64};

impl Section for LockDelays {
    const KIND: u16 = 0x0031;

    fn len(&self) -> usize {
        self.len()
    }

    fn write(&self, records: &mut Records<'_>) -> io::Result<()> {
        self.iter().try_for_each(|(key, end)| {
            records.put(|to| {
                put_u64(to, end.since.0);
                put_u64(to, u64::try_from(end.delay.as_nanos()).unwrap_or(u64::MAX));
                put_text(to, key);
            })
        })
    }

    fn begin(_head: Body<'_>) -> Option<Self> {
        Some(Self::default())
    }

    fn restore(&mut self, record: &[u8]) -> Option<()> {
        let mut body = Body(record);
        let since = Index(body.u64()?);
        let delay = Duration::from_nanos(body.u64()?);
        let key = body.text()?.into();
        body.end()?;
        self.insert(key, LockDelayOver { since, delay });
        Some(())
    }
}
