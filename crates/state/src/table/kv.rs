//! The key space: entries by key, and the index of the table's last change.

use std::ops::Bound;
use std::sync::Arc;

use bytes::Bytes;
use imbl::{OrdMap, OrdSet};
use proconsul_base::id::SessionId;
use proconsul_base::index::Index;
use proconsul_types::kv::{Key, KvEntry};

use crate::check::Broken;
use crate::command::kv::Put;

/// All keys. An entry is shared with the reads that show it, and replaced as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct KvTable {
    entries: OrdMap<Key, Arc<KvEntry>>,
    /// The keys that sessions hold.
    held: OrdSet<(SessionId, Key)>,
    changed: Index,
}

impl KvTable {
    pub(crate) fn restored(changed: Index) -> Self {
        Self { changed, ..Self::default() }
    }

    /// Takes an entry from a snapshot.
    pub(crate) fn restore(&mut self, entry: KvEntry) {
        self.enter(entry);
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

    /// The keys that sessions hold, each with its session.
    pub(crate) fn held(&self) -> impl Iterator<Item = &(SessionId, Key)> {
        self.held.iter()
    }

    /// The keys that a session holds, in their order.
    pub(crate) fn held_by(&self, session: SessionId) -> Vec<Key> {
        let held = self.held.range((Bound::Included((session, Key::from(""))), Bound::Unbounded));
        held.take_while(|(holder, _)| *holder == session).map(|(_, key)| key.clone()).collect()
    }

    /// Sets a key. `None` when it already was just so: such a write changes no index and wakes nobody.
    ///
    /// The lock stays with its session, but is no longer counted: Consul's own answer up to 1.8.
    pub(crate) fn put(&mut self, index: Index, put: Put<'_>) -> Option<Key> {
        let session = self.get(put.key).and_then(|before| before.session);
        self.set(index, put, 0, session)
    }

    /// Sets a key and its lock.
    pub(crate) fn lock(&mut self, index: Index, put: Put<'_>, session: SessionId) -> Lock {
        let count = match self.get(put.key) {
            None => 1,
            Some(before) => match before.session {
                None => before.lock_index.saturating_add(1),
                Some(holder) if holder == session => before.lock_index,
                Some(_) => return Lock::Elsewhere,
            },
        };
        Lock::Here(self.set(index, put, count, Some(session)))
    }

    /// Sets a key and takes its lock from the session that holds it.
    pub(crate) fn unlock(&mut self, index: Index, put: Put<'_>, session: SessionId) -> Lock {
        match self.get(put.key) {
            Some(before) if before.session == Some(session) => {
                let count = before.lock_index;
                Lock::Here(self.set(index, put, count, None))
            }
            _ => Lock::Elsewhere,
        }
    }

    /// Takes the lock of a key away and leaves the rest as it is.
    pub(crate) fn free(&mut self, index: Index, key: &str) {
        if let Some(before) = self.get(key).cloned() {
            self.enter(KvEntry { session: None, modify_index: index, ..(*before).clone() });
            self.changed = index;
        }
    }

    fn set(&mut self, index: Index, put: Put<'_>, lock_index: u64, session: Option<SessionId>) -> Option<Key> {
        let before = self.get(put.key);
        let is_same = |before: &Arc<KvEntry>| {
            (before.flags, before.lock_index, before.session) == (put.flags, lock_index, session)
                && before.value == put.value
        };
        if before.is_some_and(is_same) {
            return None;
        }
        let entry = KvEntry {
            lock_index,
            key: before.map_or_else(|| Key::from(put.key), |before| before.key.clone()),
            flags: put.flags,
            // A copy, so that a small value does not keep the whole batch it came in.
            value: Bytes::copy_from_slice(put.value),
            session,
            create_index: before.map_or(index, |before| before.create_index),
            modify_index: index,
        };
        let key = entry.key.clone();
        self.enter(entry);
        self.changed = index;
        Some(key)
    }

    /// Puts an entry in the place of the one before, and its lock with it.
    fn enter(&mut self, entry: KvEntry) {
        let (key, session) = (entry.key.clone(), entry.session);
        let before = self.entries.insert(key.clone(), Arc::new(entry)).and_then(|before| before.session);
        if before != session {
            before.map(|holder| self.held.remove(&(holder, key.clone())));
            session.map(|holder| self.held.insert((holder, key)));
        }
    }

    /// Removes a key; `None` when there was none, which changes no index.
    pub(crate) fn remove(&mut self, index: Index, key: &str) -> Option<Key> {
        let key = self.take(key)?;
        self.changed = index;
        Some(key)
    }

    /// Removes all keys under a prefix and tells which.
    pub(crate) fn remove_tree(&mut self, index: Index, prefix: &str) -> Vec<Key> {
        let keys: Vec<Key> = self.under(prefix).map(|entry| entry.key.clone()).collect();
        if prefix.is_empty() {
            self.entries.clear();
            self.held.clear();
        } else {
            keys.iter().for_each(|key| drop(self.take(key)));
        }
        if !keys.is_empty() {
            self.changed = index;
        }
        keys
    }

    fn take(&mut self, key: &str) -> Option<Key> {
        let entry = self.entries.remove(key)?;
        entry.session.map(|holder| self.held.remove(&(holder, entry.key.clone())));
        Some(entry.key.clone())
    }

    pub(crate) fn check(&self) -> Result<(), Broken> {
        for (key, entry) in &self.entries {
            let holds = |holds, invariant| Broken::unless(holds, "kv", key, invariant);
            holds(*key == entry.key, "an entry stands under its own key")?;
            holds(entry.create_index <= entry.modify_index, "an entry is made before it is changed")?;
            holds(entry.create_index > Index::ZERO, "an entry is made by a command")?;
            holds(entry.modify_index <= self.changed, "no entry is newer than the table's last change")?;
            let is_held = |session| self.held.contains(&(session, key.clone()));
            holds(entry.session.is_none_or(is_held), "a lock is found by its session")?;
        }
        let locks = self.iter().filter(|entry| entry.session.is_some()).count();
        Broken::unless(locks == self.held.len(), "kv", "", "sessions lead to their locks only")
    }
}

/// What became of the wish for a lock, or to give it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Lock {
    /// The key is set; `None` when it already was just so.
    Here(Option<Key>),
    /// Another session holds the lock, or none where one was to give it back. Nothing was changed.
    Elsewhere,
}

/// All records from this key on.
pub(super) fn from<'a, V: Clone>(map: &'a OrdMap<Key, V>, key: &str) -> impl Iterator<Item = (&'a Key, &'a V)> {
    map.range::<_, str>((Bound::Included(key), Bound::Unbounded))
}
