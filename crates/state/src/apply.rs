//! What commands do to the tables, one file per family.

mod autopilot;
mod catalog;
mod config;
mod coordinate;
#[cfg(test)]
mod fixture;
pub(crate) mod intention;
mod kv;
mod query;
mod restore;
mod session;
mod txn;

use proconsul_base::index::Index;

use crate::command::Command;
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::table::Tables;
use crate::wake::Wakes;
use crate::watch::Table;

impl Tables {
    /// Carries out one command and notes which reads it concerns.
    pub(crate) fn apply(&mut self, index: Index, command: &Command<'_>, wakes: &mut Wakes) -> Outcome {
        assert!(index > self.applied, "commands come in the order of the log: {index} after {}", self.applied);
        self.applied = index;
        match command {
            Command::Kv(command) => self.apply_kv(index, command, wakes).into(),
            Command::Session(command) => self.apply_session(index, command, wakes).into(),
            Command::Txn(command) => self.apply_txn(index, &command.ops, wakes).into(),
            Command::Reap(reap) => {
                self.tombstones.reap(reap.through);
                Outcome::Done
            }
            Command::Query(command) => self.apply_query(index, command, wakes).map(|()| true).into(),
            Command::Autopilot(set) => Outcome::of(self.apply_autopilot(index, set, wakes)),
            Command::Config(command) => self.apply_config(index, command, wakes).map_err(Failure::from).into(),
            Command::Intention(command) => {
                self.apply_intention(index, command, wakes).map(|()| true).map_err(Failure::from).into()
            }
            Command::Coordinates(update) => {
                self.apply_coordinates(index, update, wakes);
                Outcome::Done
            }
            Command::Restore(command) => {
                wakes.table(Table::Restores);
                Outcome::of(self.apply_restore(command))
            }
            Command::Catalog(command) => self.apply_catalog(index, command, wakes).map(|()| true).into(),
        }
    }

    /// Notes a command that this version skips.
    pub(crate) fn skip(&mut self, index: Index) {
        self.applied = index;
    }
}

#[cfg(test)]
mod tests;
