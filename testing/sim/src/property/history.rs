//! The same entry at each index, everywhere, without gaps.

use proconsul_base::entry::Entry;
use proconsul_base::id::RaftId;
use proconsul_base::index::Index;

use super::Violation;
use crate::machine::Command;

/// What was applied, by whoever was first. Index 1 is the beginning that all first members share.
#[derive(Debug, Default)]
pub(crate) struct History {
    applied: Vec<Applied>,
}

#[derive(Clone, Copy, Debug)]
struct Applied {
    digest: u64,
    ticket: Option<u64>,
}

impl History {
    /// The last index anybody applied.
    pub(crate) fn end(&self) -> Index {
        Index(self.applied.len() as u64 + 1)
    }

    /// A server applied an entry and has this digest of everything up to it; answers whether it is the first.
    pub(crate) fn applied(&mut self, server: RaftId, entry: &Entry, digest: u64) -> Result<bool, Violation> {
        let end = self.end();
        if entry.index == end.next() {
            let ticket = Command::decode(&entry.data).map(|command| command.value);
            self.applied.push(Applied { digest, ticket });
            return Ok(true);
        }
        self.stands(server, entry.index, digest).map(|()| false)
    }

    /// A server has this digest of everything up to an index.
    pub(crate) fn stands(&self, server: RaftId, index: Index, digest: u64) -> Result<(), Violation> {
        match self.at(index) {
            None if index <= Index(1) => Ok(()),
            None => Err(Violation::Jump { server, index, end: self.end() }),
            Some(applied) if applied.digest == digest => Ok(()),
            Some(_) => Err(Violation::Diverged { server, index }),
        }
    }

    /// The write at an index.
    pub(crate) fn ticket(&self, index: Index) -> Option<u64> {
        self.at(index)?.ticket
    }

    fn at(&self, index: Index) -> Option<Applied> {
        self.applied.get(usize::try_from(index.0.checked_sub(2)?).ok()?).copied()
    }
}
