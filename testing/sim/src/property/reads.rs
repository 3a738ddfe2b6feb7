//! No read is older than what any client was told before the read was asked.
//!
//! States are numbered by index and are the same everywhere, so this is all that linearizability asks of reads: real-time order.

use std::collections::BTreeMap;

use proconsul_base::index::Index;

use super::Violation;

/// Reads on their way.
#[derive(Debug, Default)]
pub(crate) struct Reads {
    open: BTreeMap<u64, Index>,
    newest: Index,
}

impl Reads {
    /// A read is asked, while writes up to this index are acknowledged.
    pub(crate) fn ask(&mut self, ticket: u64, acknowledged: Index) {
        self.open.insert(ticket, acknowledged.max(self.newest));
    }

    /// It is answered by the state as of this index.
    pub(crate) fn answer(&mut self, ticket: u64, answered: Index) -> Result<(), Violation> {
        let Some(floor) = self.open.remove(&ticket) else { return Ok(()) };
        self.newest = self.newest.max(answered);
        if answered < floor { Err(Violation::StaleRead { ticket, answered, floor }) } else { Ok(()) }
    }

    /// It will not be answered; answers whether it was a read at all.
    pub(crate) fn forget(&mut self, ticket: u64) -> bool {
        self.open.remove(&ticket).is_some()
    }
}
