//! What was deleted, and when: it keeps the index of a list from falling back when a key under its prefix goes away.
//!
//! A key that comes back takes its tombstone away, a deleted tree leaves one for all its keys, and the leader has the old
//! ones forgotten: so they are never more than the keys deleted within that time.

use imbl::{OrdMap, OrdSet};
use proconsul_base::index::Index;
use proconsul_types::kv::Key;

use super::kv::from;
use crate::check::Broken;

/// The deletions that are remembered, by key and by age.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tombstones {
    by_key: OrdMap<Key, Index>,
    by_index: OrdSet<(Index, Key)>,
}

impl Tombstones {
    pub(crate) fn len(&self) -> usize {
        self.by_key.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Key, Index)> {
        self.by_key.iter().map(|(key, index)| (key, *index))
    }

    /// The oldest deletion that is remembered.
    pub(crate) fn oldest(&self) -> Option<Index> {
        self.by_index.get_min().map(|(index, _)| *index)
    }

    /// The newest deletion under a prefix that is remembered.
    pub(crate) fn newest_under(&self, prefix: &str) -> Option<Index> {
        self.under(prefix).map(|(_, index)| *index).max()
    }

    /// Remembers that a key, or all keys under a prefix, were deleted.
    pub(crate) fn insert(&mut self, index: Index, key: Key) {
        self.remove(&key);
        self.by_index.insert((index, key.clone()));
        self.by_key.insert(key, index);
    }

    /// Remembers that a whole tree was deleted: one tombstone in the place of all older ones under the prefix. They must go,
    /// or a list deeper inside would answer with an index older than this deletion. For the whole key space none is needed,
    /// because its lists answer with the table's index.
    pub(crate) fn insert_tree(&mut self, index: Index, prefix: &str) {
        let covered: Vec<Key> = self.under(prefix).map(|(key, _)| key.clone()).collect();
        covered.iter().for_each(|key| self.remove(key));
        if !prefix.is_empty() {
            self.insert(index, prefix.into());
        }
    }

    pub(crate) fn remove(&mut self, key: &Key) {
        if let Some(index) = self.by_key.remove(key) {
            self.by_index.remove(&(index, key.clone()));
        }
    }

    /// Forgets all deletions up to and including this index.
    pub(crate) fn reap(&mut self, through: Index) {
        while let Some((index, key)) = self.by_index.get_min().cloned()
            && index <= through
        {
            self.by_index.remove_min();
            self.by_key.remove(&key);
        }
    }

    pub(crate) fn check(&self) -> Result<(), Broken> {
        let holds = |holds, key, invariant| Broken::unless(holds, "tombstones", key, invariant);
        holds(self.by_key.len() == self.by_index.len(), "", "both indexes hold the same tombstones")?;
        for (index, key) in &self.by_index {
            holds(self.by_key.get(key) == Some(index), key, "both indexes hold the same tombstones")?;
        }
        Ok(())
    }

    fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a Key, &'a Index)> {
        from(&self.by_key, prefix).take_while(move |(key, _)| key.starts_with(prefix))
    }
}
