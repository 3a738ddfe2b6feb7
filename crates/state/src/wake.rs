//! Which reads a batch of commands concerns, collected while the tables are locked and told when they no longer are.

use proconsul_types::kv::Key;

/// The changes of one batch, as far as waiting reads care.
#[derive(Debug, Default)]
pub(crate) struct Wakes {
    keys: Vec<Key>,
}

impl Wakes {
    /// A key was made, changed or removed.
    pub(crate) fn key(&mut self, key: Key) {
        self.keys.push(key);
    }

    /// Takes the keys out, keeping the room.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = Key> {
        self.keys.drain(..)
    }
}
