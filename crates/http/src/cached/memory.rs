//! A bounded table that forgets what is old, and what was put longest ago when it is full.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use proconsul_base::limit;

#[derive(Debug)]
pub(super) struct Memory<K, V> {
    entries: HashMap<K, (V, u64)>,
    /// The keys in the order in which they came.
    order: VecDeque<K>,
}

impl<K, V> Default for Memory<K, V> {
    fn default() -> Self {
        Self { entries: HashMap::new(), order: VecDeque::new() }
    }
}

impl<K: Clone + Eq + Hash, V> Memory<K, V> {
    /// A value and the second in which it was put.
    pub(super) fn get(&mut self, key: &K, now: u64) -> Option<(&V, u64)> {
        let (value, since) = self.entries.get(key)?;
        (now.saturating_sub(*since) <= limit::HTTP_CACHE_SECS).then_some((value, *since))
    }

    pub(super) fn put(&mut self, key: K, value: V, now: u64) {
        if self.entries.insert(key.clone(), (value, now)).is_some() {
            return;
        }
        self.order.push_back(key);
        if self.order.len() > limit::HTTP_CACHE_ENTRIES
            && let Some(oldest) = self.order.pop_front()
        {
            self.entries.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_full_forgets_the_first_and_what_is_old_is_gone() {
        let mut memory = Memory::default();
        for key in 0..=limit::HTTP_CACHE_ENTRIES {
            memory.put(key, key, 1);
        }
        assert_eq!(memory.get(&0, 1), None);
        assert_eq!(memory.get(&1, 1), Some((&1, 1)));
        assert_eq!(memory.get(&1, 2 + limit::HTTP_CACHE_SECS), None);
        memory.put(1, 7, 9);
        assert_eq!(memory.get(&1, 9), Some((&7, 9)));
        assert_eq!((memory.entries.len(), memory.order.len()), (limit::HTTP_CACHE_ENTRIES, limit::HTTP_CACHE_ENTRIES));
    }
}
