//! The control loop: observe → plan → act → record.
//!
//! One controller per file. Each looks at the whole store and carries out what `plan` says about it, so a lost wake-up or a restart costs
//! nothing. They run in turn until nothing changes any more, then wait for a change of the store or for a time one of them named.

mod bind;
mod endpoints;
mod garbage;
pub mod node;
pub mod pod;
mod schedule;
mod service;
mod stateful_set;

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::watch;

use crate::clock::{self, Timestamp};
use crate::events::{Happening, Recorder};
use crate::kind::Kind;
use crate::machine::Machine;
use crate::object::{Fields, Object};
use crate::store::{Store, StoreError};
use node::NodeFacts;

/// Turns without a rest before the loop is thought to chase itself; it then waits for the next change from outside.
const TURNS_MAX: usize = 200;

/// What the controllers share.
#[derive(Debug)]
pub struct Control<M> {
    store: Arc<Store>,
    machine: Arc<M>,
    nodes: NodeFacts,
    /// How many nodes are asked for; `None` makes as many as the largest StatefulSet has replicas.
    node_count: watch::Receiver<Option<u32>>,
    /// The last message of each reason about each uid, for what would be said at every turn.
    said: Mutex<BTreeMap<(String, &'static str), String>>,
}

/// When a controller wants to be asked again although nothing changes.
type Again = Option<Timestamp>;

impl<M: Machine> Control<M> {
    /// Controllers over a store and a machine, with as many nodes as `node_count` says or, without a number, as the largest
    /// StatefulSet has replicas.
    pub fn new(store: Arc<Store>, machine: Arc<M>, nodes: NodeFacts, node_count: watch::Receiver<Option<u32>>) -> Self {
        Self { store, machine, nodes, node_count, said: Mutex::default() }
    }

    /// Runs until dropped, or until the store fails.
    pub async fn run(self) -> Result<(), StoreError> {
        let mut changes = self.store.changes();
        let mut node_count = self.node_count.clone();
        loop {
            changes.borrow_and_update();
            let again = self.settle()?;
            let wait = again.map(|time| clock::since(self.store.clock().now(), time));
            tokio::select! {
                changed = changes.changed() => if changed.is_err() { return Ok(()) },
                Ok(()) = node_count.changed() => {}
                () = sleep_or_never(wait) => {}
            }
        }
    }

    /// Runs all controllers in turn until none changes anything.
    pub fn settle(&self) -> Result<Again, StoreError> {
        let mut again = None;
        for _ in 0..TURNS_MAX {
            let before = self.store.version();
            again = self.turn()?;
            if self.store.version() == before {
                self.forget_said();
                return Ok(again);
            }
        }
        tracing::error!("the controllers undo each other's work; waiting for a change from outside");
        Ok(again)
    }

    fn turn(&self) -> Result<Again, StoreError> {
        let before = self.store.version();
        node::sync(self)?;
        service::sync(self)?;
        let again = stateful_set::sync(self)?;
        bind::sync(self)?;
        if self.store.version() != before {
            return Ok(again); // no pod is refused for a claim that is being bound
        }
        schedule::sync(self)?;
        endpoints::sync(self)?;
        garbage::sync(self)?;
        Ok(again)
    }

    fn forget_said(&self) {
        let kinds = [Kind::Pod, Kind::PersistentVolumeClaim, Kind::StatefulSet];
        let objects: Vec<Object> = kinds.into_iter().flat_map(|kind| self.store.list(kind, None)).collect();
        self.said.lock().retain(|(uid, _), _| objects.iter().any(|object| object.uid() == uid));
    }

    fn recorder(&self, component: &'static str) -> Recorder {
        Recorder::new(Arc::clone(&self.store), component)
    }

    /// Records what holds on and on, but only when it is news.
    fn say_once(&self, component: &'static str, about: &Value, happening: &Happening) {
        let mut said = self.said.lock();
        let news = said.insert((about.uid().to_owned(), happening.reason), happening.message.clone());
        drop(said);
        if news.as_ref() != Some(&happening.message) {
            self.recorder(component).record(about, happening);
        }
    }

    /// All objects of a kind as their Kubernetes type.
    fn typed<T: DeserializeOwned>(&self, kind: Kind) -> Vec<T> {
        self.store.list(kind, None).iter().filter_map(typed).collect()
    }
}

/// An object as its Kubernetes type. What was stored went through validation, so one that does not fit is a mistake of ours: said, and
/// passed over.
pub(crate) fn typed<T: DeserializeOwned>(object: &Object) -> Option<T> {
    serde_json::from_value(Value::clone(object))
        .inspect_err(
            |error| tracing::error!(kind = object.text("/kind"), name = object.name(), %error, "unreadable object"),
        )
        .ok()
}

/// A Kubernetes type as the store keeps it.
pub(crate) fn untyped<T: serde::Serialize>(object: &T) -> Value {
    serde_json::to_value(object).unwrap_or_default()
}

async fn sleep_or_never(wait: Option<std::time::Duration>) {
    match wait {
        Some(wait) => tokio::time::sleep(wait).await,
        None => std::future::pending().await,
    }
}

/// The earlier of two times, if any.
pub(crate) fn sooner(one: Again, other: Again) -> Again {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
pub(crate) mod tests;
