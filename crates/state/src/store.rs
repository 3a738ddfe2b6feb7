//! The store that reads share, and the one writer that changes it.
//!
//! Reads of one key run under a short lock. Longer reads take a [`View`]: the tables as they were at one index, which costs
//! nothing to take and holds nobody up.

mod autopilot;
pub mod catalog;
mod config;
pub mod intention;
pub mod query;
mod restore;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::RwLock;
use proconsul_base::id::SessionId;
use proconsul_base::index::Index;
use proconsul_base::limit;
use proconsul_types::kv::{Key, KvEntry};
use proconsul_types::session::Session;
use proconsul_types::txn::{self, Op};

use crate::check::Broken;
use crate::command::restore::{Finish, RestoreCommand};
use crate::command::session::LockDelayOver;
use crate::command::{Command, CommandError};
use crate::outcome::Outcome;
use crate::table::Tables;
use crate::wake::Wakes;
use crate::watch::{Topic, Watch, Watches};
pub use catalog::Found;

/// What reads see. Shared by all doors.
#[derive(Debug)]
pub struct Store {
    tables: RwLock<Tables>,
    watches: Watches,
    replacements: AtomicU64,
}

/// The only way to change a store; there is one for each.
#[derive(Debug)]
pub struct Writer {
    store: Arc<Store>,
    wakes: Wakes,
}

/// The whole state as it was at one index.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    pub(crate) tables: Tables,
}

/// An empty store and its writer.
pub fn create() -> (Writer, Arc<Store>) {
    let store = Arc::new(Store { tables: RwLock::default(), watches: Watches::new(), replacements: AtomicU64::new(0) });
    (Writer { store: store.clone(), wakes: Wakes::default() }, store)
}

impl Writer {
    /// Carries out committed commands in their order and tells what each did.
    ///
    /// An error is a command that this version cannot understand and must not skip. Those before it are carried out; the
    /// server must stop, because the next ones would be carried out on another state than everywhere else.
    pub fn apply<'a>(
        &mut self,
        commands: impl IntoIterator<Item = (Index, &'a [u8])>,
        mut told: impl FnMut(Outcome),
    ) -> Result<(), CommandError> {
        let mut commands = commands.into_iter().peekable();
        while commands.peek().is_some() {
            let slice = commands.by_ref().take(limit::APPLY_SLICE_COMMANDS);
            let result = self.apply_slice(slice, &mut told);
            self.store.watches.wake(self.wakes.drain());
            if let Some((index, finish)) = result? {
                told(self.finish(index, &finish)?);
            }
        }
        Ok(())
    }

    /// As many commands as may hold reads up at a time. The end of a restore takes longer: it ends the slice, and is told to
    /// the caller.
    fn apply_slice<'a>(
        &mut self,
        commands: impl Iterator<Item = (Index, &'a [u8])>,
        told: &mut impl FnMut(Outcome),
    ) -> Result<Option<(Index, Finish)>, CommandError> {
        let mut tables = self.store.tables.write();
        for (log, bytes) in commands {
            let index = tables.index_of(log);
            told(match Command::decode(log, bytes)? {
                Some(Command::Restore(RestoreCommand::Finish(finish))) => return Ok(Some((log, finish))),
                Some(command) => tables.apply(index, &command, &mut self.wakes),
                None => {
                    tables.skip(index);
                    Outcome::Skipped
                }
            });
        }
        Ok(None)
    }

    /// Puts another state in the place of this one and wakes every waiting read.
    pub fn replace(&mut self, view: View) {
        let before = std::mem::replace(&mut *self.store.tables.write(), view.tables);
        self.store.replacements.fetch_add(1, Ordering::SeqCst);
        self.store.watches.wake_all();
        drop(before);
    }

    /// The store this writes to.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }
}

impl Store {
    /// The last command that can be read.
    pub fn applied(&self) -> Index {
        self.tables.read().applied
    }

    /// The state as it is now.
    pub fn view(&self) -> View {
        View { tables: self.tables.read().clone() }
    }

    /// Watches a topic from this moment on. Take the watch first and read afterwards, and no change is missed.
    pub fn watch(&self, topic: Topic<'_>) -> Watch<'_> {
        self.watches.watch(topic)
    }

    /// One key, and the index to wait on: the key's last change, or the table's when there is no such key (0 in a store that
    /// was never written).
    pub fn kv_get(&self, key: &str) -> (Option<Arc<KvEntry>>, Index) {
        let tables = self.tables.read();
        match tables.kv.get(key) {
            Some(entry) => (Some(entry.clone()), entry.modify_index),
            None => (None, tables.kv.changed()),
        }
    }

    /// One session, and the index to wait on: of the last change of any session (0 when there was none).
    pub fn session(&self, id: SessionId) -> (Option<Arc<Session>>, Index) {
        let tables = self.tables.read();
        (tables.sessions.get(id).cloned(), tables.sessions.changed())
    }

    /// The lock-delays that are not over, the oldest first. Sessions that are invalidated make new ones: who waits for that
    /// watches the table of sessions.
    pub fn lock_delays(&self) -> Vec<LockDelayOver> {
        self.tables.read().lock_delays.pending()
    }

    /// How many keys there are.
    pub fn kv_len(&self) -> usize {
        self.tables.read().kv.len()
    }

    /// How many deletions are remembered, and the oldest of them.
    pub fn tombstones(&self) -> (usize, Option<Index>) {
        let tables = self.tables.read();
        (tables.tombstones.len(), tables.tombstones.oldest())
    }
}

impl View {
    /// The last command that is in it.
    pub fn applied(&self) -> Index {
        self.tables.applied
    }

    /// The index to wait on for a list: the newest change under the prefix, deletions included; the table's when there is
    /// none (0 in a store that was never written).
    pub fn kv_prefix_index(&self, prefix: &str) -> Index {
        self.tables.prefix_index(prefix)
    }

    /// The entries under a prefix, in the order of their keys.
    pub fn kv_list<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a Arc<KvEntry>> {
        self.tables.kv.under(prefix)
    }

    /// The index of the last change of any key, deletions included; 0 when there was none.
    pub fn kv_index(&self) -> Index {
        self.tables.kv.changed()
    }

    /// The deletions that are remembered, in the order of their keys and prefixes.
    pub fn tombstones(&self) -> impl Iterator<Item = (&Key, Index)> {
        self.tables.tombstones.iter()
    }

    /// The keys under a prefix, each cut after the first separator past the prefix, and told once. An empty separator cuts
    /// nothing.
    pub fn kv_keys(&self, prefix: &str, separator: &str) -> Vec<Key> {
        let mut keys: Vec<Key> = Vec::new();
        for entry in self.tables.kv.under(prefix) {
            match cut(&entry.key, prefix, separator) {
                Some(name) if keys.last().is_none_or(|last| **last != *name) => keys.push(name.into()),
                Some(_) => {}
                None => keys.push(entry.key.clone()),
            }
        }
        keys
    }

    /// All sessions in the order of their ids.
    pub fn sessions(&self) -> impl Iterator<Item = &Arc<Session>> {
        self.tables.sessions.iter()
    }

    /// The sessions of a node, in the order of their ids.
    pub fn sessions_of_node(&self, node: &str) -> impl Iterator<Item = &Arc<Session>> {
        self.tables.sessions.of_node(node)
    }

    /// The index to wait on for sessions: of the last change of any (0 when there was none).
    pub fn sessions_index(&self) -> Index {
        self.tables.sessions.changed()
    }

    /// What would come of these operations. Nothing is changed.
    pub fn transact(&self, ops: &[Op]) -> txn::Outcome {
        self.tables.attempt(ops)
    }

    /// Says which invariant does not hold, if any.
    pub fn check(&self) -> Result<(), Broken> {
        self.tables.check()
    }
}

/// The key up to and with the first separator past the prefix.
fn cut<'a>(key: &'a str, prefix: &str, separator: &str) -> Option<&'a str> {
    let place = key[prefix.len()..].find(separator).filter(|_| !separator.is_empty())?;
    Some(&key[..prefix.len() + place + separator.len()])
}

#[cfg(test)]
mod tests;
