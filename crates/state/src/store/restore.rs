//! The end of a restore: the state that came part by part takes the place of the one there is.

use proconsul_base::id::RestoreId;
use proconsul_base::index::Index;

use super::{Store, View, Writer};
use crate::command::CommandError;
use crate::command::restore::{FINISH, Finish};
use crate::outcome::Outcome;
use crate::snapshot;
use crate::table::Tables;
use crate::table::restores::{Readiness, Restores, index_after};
use crate::watch::{Table, Topic};

impl Writer {
    /// Finishes a restore at this index of the log, if all of its state is there.
    ///
    /// A state that is there in full and cannot be read was written by a newer program: who proposed it has read it.
    pub(super) fn finish(&mut self, log: Index, finish: &Finish) -> Result<Outcome, CommandError> {
        let readiness = self.store.tables.read().restores.readiness(finish);
        let outcome = match readiness {
            Readiness::Whole(mut parts) => {
                let unreadable = |_error| CommandError::Malformed { index: log, kind: FINISH };
                let View { tables } = snapshot::read(&mut parts).map_err(unreadable)?;
                self.swap(log, finish.id, tables);
                return Ok(Outcome::Done);
            }
            Readiness::Done => Outcome::Done,
            Readiness::Missing => Outcome::Refused,
        };
        let mut tables = self.store.tables.write();
        let index = tables.index_of(log);
        tables.skip(index);
        Ok(outcome)
    }

    fn swap(&mut self, log: Index, id: RestoreId, mut tables: Tables) {
        let before = self.store.tables.read().index_of(log);
        tables.applied = index_after(before, tables.applied);
        tables.restores = Restores::after(id, tables.applied.0 - log.0);
        self.replace(View { tables });
    }
}

impl Store {
    /// The restore that is on its way, and how many bytes of its state are there.
    pub fn incoming(&self) -> Option<(RestoreId, u64)> {
        let tables = self.tables.read();
        tables.restores.incoming().map(|incoming| (incoming.id, incoming.parts.length()))
    }

    /// Returns when the whole state has been replaced since [`Store::replacements`] was this number.
    pub async fn replaced_since(&self, replacements: u64) {
        let mut restores = self.watch(Topic::Table(Table::Restores));
        while self.replacements() == replacements {
            restores.changed().await;
        }
    }
}

#[cfg(test)]
mod tests;
