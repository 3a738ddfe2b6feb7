//! Acknowledged writes stay; those refused for certain never come.

use std::collections::BTreeSet;

use proconsul_base::index::Index;

use super::{History, Violation};

/// What clients were told of their writes.
#[derive(Debug, Default)]
pub(crate) struct Writes {
    acknowledged: Vec<(u64, Index)>,
    newest: Index,
    lost: BTreeSet<u64>,
}

impl Writes {
    /// The newest index that a client knows of.
    pub(crate) fn newest(&self) -> Index {
        self.newest
    }

    /// A client is told that its write stands at this index.
    pub(crate) fn acknowledge(&mut self, ticket: u64, index: Index, history: &History) -> Result<(), Violation> {
        self.acknowledged.push((ticket, index));
        self.newest = self.newest.max(index);
        self.stands(ticket, index, history)
    }

    /// A client is told that its write is lost for certain.
    pub(crate) fn lose(&mut self, ticket: u64) {
        self.lost.insert(ticket);
    }

    /// A write was applied for the first time.
    pub(crate) fn applied(&self, ticket: Option<u64>, index: Index) -> Result<(), Violation> {
        match ticket {
            Some(ticket) if self.lost.contains(&ticket) => Err(Violation::RefusedWriteApplied { ticket, index }),
            _ => Ok(()),
        }
    }

    /// All of them still stand.
    pub(crate) fn check(&self, history: &History) -> Result<(), Violation> {
        self.acknowledged.iter().try_for_each(|(ticket, index)| self.stands(*ticket, *index, history))
    }

    fn stands(&self, ticket: u64, index: Index, history: &History) -> Result<(), Violation> {
        let stands = history.ticket(index) == Some(ticket);
        if stands { Ok(()) } else { Err(Violation::LostWrite { ticket, index }) }
    }
}
