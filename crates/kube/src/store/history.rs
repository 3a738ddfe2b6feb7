//! The newest changes, kept for watches, and the watch that follows them. Bounded: who falls behind is told so.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use proconsul_base::limit;
use tokio::sync::watch;

use crate::object::{Key, Object};
use crate::store::Store;

/// What happened to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// It is new.
    Added,
    /// It changed.
    Modified,
    /// It is gone.
    Deleted,
}

/// One change to one object.
#[derive(Clone, Debug)]
pub struct Change {
    /// The store's version from this change on.
    pub version: u64,
    /// What happened.
    pub verb: Verb,
    /// To which object.
    pub key: Key,
    /// Its state now, or its last state.
    pub object: Object,
    /// Its state before, for watches whose selector matched only then.
    pub before: Option<Object>,
}

impl Change {
    pub(super) fn apply(&self, objects: &mut BTreeMap<Key, Object>) {
        match self.verb {
            Verb::Added | Verb::Modified => objects.insert(self.key.clone(), Arc::clone(&self.object)),
            Verb::Deleted => objects.remove(&self.key),
        };
    }
}

/// The changes asked for are no longer kept; list again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too old resource version: {asked} ({oldest})")]
pub struct Gone {
    /// The version the watch wanted to go on from.
    pub asked: u64,
    /// The oldest version from which changes are kept.
    pub oldest: u64,
}

#[derive(Debug)]
pub(super) struct History {
    changes: VecDeque<Change>,
    /// Changes after this version are all in `changes`.
    complete_after: u64,
    newest: u64,
}

impl History {
    pub(super) fn from_version(version: u64) -> Self {
        Self { changes: VecDeque::new(), complete_after: version, newest: version }
    }

    pub(super) fn newest(&self) -> u64 {
        self.newest
    }

    pub(super) fn push(&mut self, changes: impl Iterator<Item = Change>) {
        for change in changes {
            assert!(change.version >= self.newest, "versions of changes never fall");
            self.newest = change.version;
            self.changes.push_back(change);
        }
        while self.changes.len() > limit::KUBE_WATCH_CHANGES {
            if let Some(dropped) = self.changes.pop_front() {
                self.complete_after = dropped.version;
            }
        }
    }

    pub(super) fn after(&self, version: u64) -> Result<Vec<Change>, Gone> {
        if version < self.complete_after {
            return Err(Gone { asked: version, oldest: self.complete_after });
        }
        let start = self.changes.partition_point(|change| change.version <= version);
        Ok(self.changes.range(start..).cloned().collect())
    }
}

/// Follows the changes after a version.
#[derive(Debug)]
pub struct Watch {
    store: Arc<Store>,
    seen: u64,
    newer: watch::Receiver<u64>,
}

impl Watch {
    pub(super) fn new(store: Arc<Store>, seen: u64) -> Self {
        let newer = store.changes();
        Self { store, seen, newer }
    }

    /// The next changes, at least one, in order. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Result<Vec<Change>, Gone> {
        loop {
            self.newer.borrow_and_update();
            let changes = self.store.changes_after(self.seen)?;
            if let Some(last) = changes.last() {
                self.seen = last.version;
                return Ok(changes);
            }
            // The sender lives in the store that this watch holds, so an error cannot be.
            let _ = self.newer.changed().await;
        }
    }
}
