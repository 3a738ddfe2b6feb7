//! Which reads a write wakes.
//!
//! A fixed array of slots, each a version and the listeners parked on it. What is watched hashes to a slot; two that share
//! one wake each other for nothing, which only costs a second look. A write hashes its key once for the key itself and once
//! for every length that a watched prefix has, so its cost does not depend on how many watch.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::atomic::{AtomicU64, Ordering};

use event_listener::Event;
use parking_lot::RwLock;
use proconsul_base::limit;

use crate::wake::Wake;

/// What a read depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic<'a> {
    /// One key.
    Key(&'a str),
    /// All keys that begin so.
    Prefix(&'a str),
    /// Anything in a table.
    Table(Table),
    /// What a table holds under one name, spelled as the table spells it.
    Row(Table, &'a str),
}

/// A table, as far as waiting reads tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// The nodes; a row is a node by its name in lower case, with all that is on it.
    Nodes,
    /// The services; a row is a service by its name in lower case, with its instances, their nodes and checks.
    Services,
    /// The checks.
    Checks,
    /// The sessions; a row is one by its id, or all of a node by its name in lower case.
    Sessions,
    /// The config entries.
    ConfigEntries,
    /// The instances of gateways, with their nodes and checks.
    Gateways,
    /// The intentions.
    Intentions,
    /// The prepared queries.
    Queries,
    /// The coordinates.
    Coordinates,
    /// What autopilot keeps.
    Autopilot,
    /// The restore that is on its way, and that a restore was carried out.
    Restores,
    /// Nodes, services or checks, whatever of them.
    Catalog,
}

#[derive(Debug, Default)]
struct Slot {
    version: AtomicU64,
    parked: Event,
}

impl Slot {
    fn bump(&self) {
        self.version.fetch_add(1, Ordering::SeqCst);
        self.parked.notify(usize::MAX);
    }
}

/// A length in bytes that watched prefixes have, and how many watches have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Length {
    bytes: usize,
    watches: usize,
}

/// All that is watched.
#[derive(Debug)]
pub(crate) struct Watches {
    slots: Box<[Slot]>,
    lengths: RwLock<Vec<Length>>,
}

impl Watches {
    pub(crate) fn new() -> Self {
        let slots = (0..limit::WATCH_SLOTS).map(|_| Slot::default()).collect();
        Self { slots, lengths: RwLock::default() }
    }

    /// Watches from this moment on: take the watch first and read afterwards, and no change is missed.
    pub(crate) fn watch(&self, topic: Topic<'_>) -> Watch<'_> {
        let (slot, prefix_bytes) = match topic {
            Topic::Key(key) => (self.key_slot(key), None),
            Topic::Table(table) => (self.table_slot(table), None),
            Topic::Row(table, name) => (self.row_slot(table, name), None),
            Topic::Prefix(prefix) => {
                let bytes = self.enter_length(prefix.len());
                (self.prefix_slot(&prefix.as_bytes()[..bytes]), Some(bytes))
            }
        };
        let seen = self.slots[slot].version.load(Ordering::SeqCst);
        Watch { watches: self, slot, seen, prefix_bytes }
    }

    /// Wakes the reads that these changes concern. Call it when the changes can be read.
    pub(crate) fn wake(&self, changes: impl Iterator<Item = Wake>) {
        let lengths = self.lengths.read();
        for change in changes {
            match change {
                Wake::Key(key) => self.wake_key(&key, &lengths),
                Wake::Table(table) => {
                    self.slots[self.table_slot(table)].bump();
                    if matches!(table, Table::Nodes | Table::Services | Table::Checks) {
                        self.slots[self.table_slot(Table::Catalog)].bump();
                    }
                }
                Wake::Row(table, name) => self.slots[self.row_slot(table, &name)].bump(),
            }
        }
    }

    fn wake_key(&self, key: &str, lengths: &[Length]) {
        self.slots[self.key_slot(key)].bump();
        for length in lengths.iter().filter(|length| length.bytes <= key.len()) {
            self.slots[self.prefix_slot(&key.as_bytes()[..length.bytes])].bump();
        }
    }

    /// Wakes everything, because everything may have changed.
    pub(crate) fn wake_all(&self) {
        self.slots.iter().for_each(Slot::bump);
    }

    fn key_slot(&self, key: &str) -> usize {
        self.slot((0_u8, key.as_bytes()))
    }

    fn prefix_slot(&self, prefix: &[u8]) -> usize {
        self.slot((1_u8, prefix))
    }

    fn table_slot(&self, table: Table) -> usize {
        self.slot((2_u8, &[table as u8]))
    }

    fn row_slot(&self, table: Table, name: &str) -> usize {
        self.slot((16 + table as u8, name.as_bytes()))
    }

    fn slot(&self, what: (u8, &[u8])) -> usize {
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(what);
        (hash % self.slots.len() as u64) as usize
    }

    /// Counts a watch of a prefix of this length in. When there are too many lengths already, the watch takes a shorter one
    /// that exists: it wakes more often than it must, and writes stay fast.
    fn enter_length(&self, bytes: usize) -> usize {
        let mut lengths = self.lengths.write();
        let full = lengths.len() >= limit::WATCHED_PREFIX_LENGTHS;
        let taken = lengths.iter_mut().filter(|length| length.bytes == bytes || (full && length.bytes < bytes));
        if let Some(length) = taken.max_by_key(|length| length.bytes) {
            length.watches += 1;
            return length.bytes;
        }
        let bytes = if full { 0 } else { bytes };
        lengths.push(Length { bytes, watches: 1 });
        bytes
    }

    fn leave_length(&self, bytes: usize) {
        let mut lengths = self.lengths.write();
        if let Some(length) = lengths.iter_mut().find(|length| length.bytes == bytes) {
            length.watches -= 1;
        }
        lengths.retain(|length| length.watches > 0);
    }
}

/// One read's eye on a topic.
#[derive(Debug)]
pub struct Watch<'a> {
    watches: &'a Watches,
    slot: usize,
    seen: u64,
    prefix_bytes: Option<usize>,
}

impl Watch<'_> {
    /// Returns when something that may concern the topic has changed since the watch was taken, or since this last returned.
    pub async fn changed(&mut self) {
        let slot = &self.watches.slots[self.slot];
        loop {
            let version = slot.version.load(Ordering::SeqCst);
            if version != self.seen {
                self.seen = version;
                return;
            }
            let parked = slot.parked.listen();
            // A change between the look and the listening has been told to nobody: look again before parking.
            if slot.version.load(Ordering::SeqCst) == self.seen {
                parked.await;
            }
        }
    }

    /// Whether [`Watch::changed`] would return at once.
    pub fn has_changed(&self) -> bool {
        self.watches.slots[self.slot].version.load(Ordering::SeqCst) != self.seen
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if let Some(bytes) = self.prefix_bytes {
            self.watches.leave_length(bytes);
        }
    }
}

#[cfg(test)]
mod tests;
