//! The key space: entries by key, and the index of the table's last change.

use std::ops::Bound;
use std::sync::Arc;

use bytes::Bytes;
use imbl::OrdMap;
use proconsul_base::index::Index;
use proconsul_types::kv::{Key, KvEntry};

use crate::check::Broken;
use crate::command::kv::Put;

/// All keys. An entry is shared with the reads that show it, and replaced as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct KvTable {
    entries: OrdMap<Key, Arc<KvEntry>>,
    changed: Index,
}

impl KvTable {
    pub(crate) fn restored(changed: Index) -> Self {
        Self { entries: OrdMap::new(), changed }
    }

    /// Takes an entry from a snapshot.
    pub(crate) fn restore(&mut self, entry: KvEntry) {
        self.entries.insert(entry.key.clone(), Arc::new(entry));
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Arc<KvEntry>> {
        self.entries.get(key)
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<KvEntry>> {
        self.entries.iter().map(|(_, entry)| entry)
    }

    /// The entries under a prefix, in the order of their keys.
    pub(crate) fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a Arc<KvEntry>> {
        from(&self.entries, prefix).map(|(_, entry)| entry).take_while(move |entry| entry.key.starts_with(prefix))
    }

    /// The index of the last change of any key, deletions included; 0 when there was none.
    pub(crate) fn changed(&self) -> Index {
        self.changed
    }

    /// The newest change of the keys that are there under a prefix.
    pub(crate) fn newest_under(&self, prefix: &str) -> Option<Index> {
        self.under(prefix).map(|entry| entry.modify_index).max()
    }

    /// When the key was last changed; 0 when there is no such key, the value that asks for this in a condition.
    pub(crate) fn modify_index(&self, key: &str) -> Index {
        self.get(key).map_or(Index::ZERO, |entry| entry.modify_index)
    }

    /// Sets a key. `None` when it already was just so: such a write changes no index and wakes nobody.
    pub(crate) fn put(&mut self, index: Index, put: Put<'_>) -> Option<Key> {
        let before = self.entries.get(put.key);
        if before.is_some_and(|before| before.flags == put.flags && before.value == put.value) {
            return None;
        }
        let entry = KvEntry {
            lock_index: before.map_or(0, |before| before.lock_index),
            key: before.map_or_else(|| Key::from(put.key), |before| before.key.clone()),
            flags: put.flags,
            // A copy, so that a small value does not keep the whole batch it came in.
            value: Bytes::copy_from_slice(put.value),
            session: before.and_then(|before| before.session),
            create_index: before.map_or(index, |before| before.create_index),
            modify_index: index,
        };
        let key = entry.key.clone();
        self.entries.insert(key.clone(), Arc::new(entry));
        self.changed = index;
        Some(key)
    }

    /// Removes a key; `None` when there was none, which changes no index.
    pub(crate) fn remove(&mut self, index: Index, key: &str) -> Option<Key> {
        let entry = self.entries.remove(key)?;
        self.changed = index;
        Some(entry.key.clone())
    }

    /// Removes all keys under a prefix and tells which.
    pub(crate) fn remove_tree(&mut self, index: Index, prefix: &str) -> Vec<Key> {
        let keys: Vec<Key> = self.under(prefix).map(|entry| entry.key.clone()).collect();
        if prefix.is_empty() {
            self.entries.clear();
        } else {
            keys.iter().for_each(|key| drop(self.entries.remove(key)));
        }
        if !keys.is_empty() {
            self.changed = index;
        }
        keys
    }

    pub(crate) fn check(&self) -> Result<(), Broken> {
        for (key, entry) in &self.entries {
            let holds = |holds, invariant| Broken::unless(holds, "kv", key, invariant);
            holds(*key == entry.key, "an entry stands under its own key")?;
            holds(entry.create_index <= entry.modify_index, "an entry is made before it is changed")?;
            holds(entry.create_index > Index::ZERO, "an entry is made by a command")?;
            holds(entry.modify_index <= self.changed, "no entry is newer than the table's last change")?;
        }
        Ok(())
    }
}

/// All records from this key on.
pub(super) fn from<'a, V: Clone>(map: &'a OrdMap<Key, V>, key: &str) -> impl Iterator<Item = (&'a Key, &'a V)> {
    map.range::<_, str>((Bound::Included(key), Bound::Unbounded))
}
