//! The objects: JSON values under keys, one version counter for all of them, every change on disk before it is seen.
//!
//! Knows the metadata every object has (uid, versions, deletion, finalizers); knows no kind's meaning and takes no decision.
//!
//! A write is a [`Draft`]: any number of changes that become one journal entry, so that they are all there or not at all. Its
//! index is the `resourceVersion` of everything it changed.

mod draft;
mod error;
mod history;
mod journal;
mod record;

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;
use proconsul_base::rand::Rng;
use serde_json::Value;
use tokio::sync::watch;

pub use draft::{Deletion, Draft, Part};
pub use error::StoreError;
pub use history::{Change, Gone, Verb, Watch};
pub use journal::{Journal, JournalError};

use crate::clock::Clock;
use crate::kind::Kind;
use crate::object::{Key, Object};
use history::History;
use journal::Replayed;

/// The objects of one state directory.
#[derive(Debug)]
pub struct Store {
    inner: Mutex<Inner>,
    version: watch::Sender<u64>,
    clock: Clock,
}

#[derive(Debug)]
struct Inner {
    journal: Journal,
    objects: BTreeMap<Key, Object>,
    history: History,
    rng: Rng,
}

impl Store {
    /// The store that a journal holds; `rng` draws uids and generated names.
    pub fn open(mut journal: Journal, clock: Clock, rng: Rng) -> Result<Arc<Self>, StoreError> {
        let mut objects = BTreeMap::new();
        let Replayed { snapshot, records } = journal.replay()?;
        let start = snapshot.map_or(0, |snapshot| {
            objects = snapshot.objects;
            snapshot.version
        });
        let mut history = History::from_version(start);
        for (version, record) in records {
            let changes = record.resolve(version, &objects);
            history.push(changes.into_iter().inspect(|change| change.apply(&mut objects)));
        }
        let version = watch::Sender::new(history.newest());
        Ok(Arc::new(Self { inner: Mutex::new(Inner { journal, objects, history, rng }), version, clock }))
    }

    /// The version of the newest change.
    pub fn version(&self) -> u64 {
        *self.version.borrow()
    }

    /// Tells whenever the version grows.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    /// The clock that stamps objects.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The object under a key.
    pub fn get(&self, key: &Key) -> Option<Object> {
        self.inner.lock().objects.get(key).cloned()
    }

    /// The objects of a kind, in one namespace or in all, by namespace and name.
    pub fn list(&self, kind: Kind, namespace: Option<&str>) -> Vec<Object> {
        self.list_at(kind, namespace).0
    }

    /// The same, with the version at which it was so.
    pub fn list_at(&self, kind: Kind, namespace: Option<&str>) -> (Vec<Object>, u64) {
        let inner = self.inner.lock();
        let objects = inner
            .objects
            .range(Key::new(kind, "", "")..)
            .take_while(|(key, _)| key.kind == kind)
            .filter(|(key, _)| namespace.is_none_or(|wanted| key.namespace == wanted))
            .map(|(_, object)| Arc::clone(object))
            .collect();
        (objects, inner.history.newest())
    }

    /// Makes changes that become durable and visible together, or (on an error) not at all.
    pub fn write<T>(&self, change: impl FnOnce(&mut Draft<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut inner = self.inner.lock();
        let Inner { journal, objects, history, rng } = &mut *inner;
        let version = history.newest() + 1;
        let mut draft = Draft::new(objects, version, self.clock.now(), rng);
        let result = change(&mut draft)?;
        let record = draft.into_record();
        if record.is_empty() {
            return Ok(result);
        }
        journal.append(version, &record)?;
        let changes = record.resolve(version, objects);
        history.push(changes.into_iter().inspect(|change| change.apply(objects)));
        if journal.is_worth_compacting(objects.len()) {
            journal.compact(version, objects)?;
        }
        drop(inner);
        self.version.send_replace(version);
        Ok(result)
    }

    /// Stores a new object.
    pub fn create(&self, object: Value) -> Result<Object, StoreError> {
        self.write(|draft| draft.create(object))
    }

    /// Replaces an object, refused with [`StoreError::Conflict`] when it carries an older version than the stored one.
    pub fn update(&self, object: Value, part: Part) -> Result<Object, StoreError> {
        self.write(|draft| draft.update(object, part))
    }

    /// Changes an object in place; a change to nothing writes nothing.
    pub fn modify(&self, key: &Key, change: impl FnOnce(&mut Value)) -> Result<Object, StoreError> {
        self.write(|draft| draft.modify(key, change))
    }

    /// Deletes an object, or begins to when finalizers or a grace period hold it. Returns its last state.
    pub fn delete(&self, key: &Key, deletion: &Deletion) -> Result<Object, StoreError> {
        self.write(|draft| draft.delete(key, deletion))
    }

    /// The changes after `version`, as they come; [`Gone`] when they are no longer kept.
    pub fn watch(self: &Arc<Self>, version: u64) -> Watch {
        Watch::new(Arc::clone(self), version)
    }

    fn changes_after(&self, version: u64) -> Result<Vec<Change>, Gone> {
        self.inner.lock().history.after(version)
    }
}

#[cfg(test)]
mod tests;
