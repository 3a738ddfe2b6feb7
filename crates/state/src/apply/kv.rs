//! What the commands on keys do.

use proconsul_base::id::SessionId;
use proconsul_base::index::Index;
use proconsul_types::kv::Key;

use crate::command::kv::{KvCommand, Put};
use crate::failure::Failure;
use crate::table::Tables;
use crate::table::kv::Lock;
use crate::wake::Wakes;

impl Tables {
    /// Whether the change took place.
    pub(super) fn apply_kv(
        &mut self,
        index: Index,
        command: &KvCommand<'_>,
        wakes: &mut Wakes,
    ) -> Result<bool, Failure> {
        match *command {
            KvCommand::Put(put) => {
                let key = self.kv.put(index, put);
                self.is_set(key, wakes);
                Ok(true)
            }
            KvCommand::PutCas(put, at) if self.kv.modify_index(put.key) == at => {
                self.apply_kv(index, &KvCommand::Put(put), wakes)
            }
            KvCommand::Delete(key) => {
                if let Some(key) = self.kv.remove(index, key) {
                    self.tombstones.insert(index, key.clone());
                    wakes.key(key);
                }
                Ok(true)
            }
            // Nothing to delete is as good as deleted, whatever the index.
            KvCommand::DeleteCas(key, at) if [Index::ZERO, at].contains(&self.kv.modify_index(key)) => {
                self.apply_kv(index, &KvCommand::Delete(key), wakes)
            }
            KvCommand::PutCas(..) | KvCommand::DeleteCas(..) => Ok(false),
            KvCommand::DeleteTree(prefix) => {
                let removed = self.kv.remove_tree(index, prefix);
                if !removed.is_empty() {
                    self.tombstones.insert_tree(index, prefix);
                }
                removed.into_iter().for_each(|key| wakes.key(key));
                Ok(true)
            }
            KvCommand::Lock(put, session) => self.lock(index, put, session, wakes),
            KvCommand::Unlock(put, session) => {
                let lock = self.kv.unlock(index, put, session);
                Ok(self.is_here(lock, wakes))
            }
        }
    }

    /// A key that waits for a lock-delay is refused before anyone asks for the session, as in Consul.
    fn lock(&mut self, index: Index, put: Put<'_>, session: SessionId, wakes: &mut Wakes) -> Result<bool, Failure> {
        if self.lock_delays.has(put.key) {
            return Ok(false);
        }
        if self.sessions.get(session).is_none() {
            return Err(Failure::InvalidSession(session.to_string()));
        }
        let lock = self.kv.lock(index, put, session);
        Ok(self.is_here(lock, wakes))
    }

    fn is_here(&mut self, lock: Lock, wakes: &mut Wakes) -> bool {
        match lock {
            Lock::Here(key) => self.is_set(key, wakes),
            Lock::Elsewhere => return false,
        }
        true
    }

    /// A key that was set needs no tombstone.
    fn is_set(&mut self, key: Option<Key>, wakes: &mut Wakes) {
        if let Some(key) = key {
            self.tombstones.remove(&key);
            wakes.key(key);
        }
    }
}
