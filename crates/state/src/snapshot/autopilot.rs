//! What autopilot goes by in a snapshot.
//!
//! ```text
//! head    created u64, changed u64, configuration as in the command; nothing when it was never written
//! ```

use std::io;

use proconsul_base::index::Index;
use proconsul_types::autopilot::Configuration;

use super::section::{Records, Section};
use crate::command::autopilot::{append, read};
use crate::table::autopilot::Autopilot;
use crate::wire::Body;

impl Section for Autopilot {
    const KIND: u16 = 0x0090;

    fn head(&self, to: &mut Vec<u8>) {
        let Some(configuration) = self.get() else { return };
        for index in [configuration.create_index, configuration.modify_index] {
            to.extend_from_slice(&index.0.to_le_bytes());
        }
        append(to, configuration);
    }

    fn len(&self) -> usize {
        0
    }

    fn write(&self, _records: &mut Records<'_>) -> io::Result<()> {
        Ok(())
    }

    fn begin(mut head: Body<'_>) -> Option<Self> {
        let (create_index, modify_index) = (Index(head.u64()?), Index(head.u64()?));
        let configuration = read(&mut head)?;
        head.end()?;
        Some(Self::restored(Configuration { create_index, modify_index, ..configuration }))
    }

    fn restore(&mut self, _record: &[u8]) -> Option<()> {
        None
    }
}
