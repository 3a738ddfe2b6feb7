//! All tables of the store, as one value that is cheap to clone.

pub(crate) mod kv;
pub(crate) mod tombstones;

use proconsul_base::index::Index;

use crate::check::Broken;
use crate::command::Command;
use crate::command::kv::KvCommand;
use crate::outcome::Outcome;
use crate::wake::Wakes;
use kv::KvTable;
use tombstones::Tombstones;

/// The whole state as it is at one index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tables {
    /// The last command that was applied.
    pub(crate) applied: Index,
    pub(crate) kv: KvTable,
    pub(crate) tombstones: Tombstones,
}

impl Tables {
    /// Carries out one command and notes which reads it concerns.
    pub(crate) fn apply(&mut self, index: Index, command: &Command<'_>, wakes: &mut Wakes) -> Outcome {
        assert!(index > self.applied, "commands come in the order of the log: {index} after {}", self.applied);
        self.applied = index;
        match command {
            Command::Kv(command) => Outcome::of(self.apply_kv(index, command, wakes)),
            Command::Reap(reap) => {
                self.tombstones.reap(reap.through);
                Outcome::Done
            }
        }
    }

    /// Notes a command that this version skips.
    pub(crate) fn skip(&mut self, index: Index) {
        self.applied = index;
    }

    fn apply_kv(&mut self, index: Index, command: &KvCommand<'_>, wakes: &mut Wakes) -> bool {
        match *command {
            KvCommand::Put(put) => {
                if let Some(key) = self.kv.put(index, put) {
                    self.tombstones.remove(&key);
                    wakes.key(key);
                }
                true
            }
            KvCommand::PutCas(put, at) => {
                self.kv.modify_index(put.key) == at && self.apply_kv(index, &KvCommand::Put(put), wakes)
            }
            KvCommand::Delete(key) => {
                if let Some(key) = self.kv.remove(index, key) {
                    self.tombstones.insert(index, key.clone());
                    wakes.key(key);
                }
                true
            }
            KvCommand::DeleteCas(key, at) => {
                let now = self.kv.modify_index(key);
                now == Index::ZERO || (now == at && self.apply_kv(index, &KvCommand::Delete(key), wakes))
            }
            KvCommand::DeleteTree(prefix) => {
                let removed = self.kv.remove_tree(index, prefix);
                if !removed.is_empty() {
                    self.tombstones.insert_tree(index, prefix);
                }
                removed.into_iter().for_each(|key| wakes.key(key));
                true
            }
        }
    }

    /// The index to answer a list with: the newest change under the prefix, deletions included; the table's own when there
    /// is none, or when everything is listed. 0 in a store that was never written.
    pub(crate) fn prefix_index(&self, prefix: &str) -> Index {
        if prefix.is_empty() {
            return self.kv.changed();
        }
        let newest = self.kv.newest_under(prefix).max(self.tombstones.newest_under(prefix));
        newest.unwrap_or_else(|| self.kv.changed())
    }

    /// Says which invariant of the whole does not hold, if any.
    pub(crate) fn check(&self) -> Result<(), Broken> {
        self.kv.check()?;
        self.tombstones.check()?;
        Broken::unless(self.kv.changed() <= self.applied, "kv", "", "nothing changes after the last applied command")?;
        let newest = self.tombstones.newest_under("").unwrap_or_default();
        Broken::unless(newest <= self.kv.changed(), "tombstones", "", "a deletion is a change of the kv table")
    }
}
