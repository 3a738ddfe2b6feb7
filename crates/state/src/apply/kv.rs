//! What the commands on keys do.

use proconsul_base::index::Index;

use crate::command::kv::KvCommand;
use crate::table::Tables;
use crate::wake::Wakes;

impl Tables {
    pub(super) fn apply_kv(&mut self, index: Index, command: &KvCommand<'_>, wakes: &mut Wakes) -> bool {
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
}
