//! Changes on their way into the store: what the API server does to metadata on create, update and delete.
//!
//! Follows Kubernetes' API conventions ("Metadata", "Concurrency Control and Consistency") and its observed behaviour.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use proconsul_base::rand::Rng;
use serde_json::{Value, json};

use crate::clock::{self, Timestamp};
use crate::kind::Kind;
use crate::object::{Fields, Key, Object, metadata};
use crate::store::error::StoreError;
use crate::store::record::Record;

/// Which part of an object a write replaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All but the status.
    Main,
    /// The status alone.
    Status,
}

/// How to delete.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deletion {
    /// Seconds a pod gets to end; `None` means its own `terminationGracePeriodSeconds`.
    pub grace_seconds: Option<i64>,
    /// Delete only the object with this uid.
    pub uid: Option<String>,
    /// Leave what it owns alive.
    pub orphans_dependents: bool,
}

impl Deletion {
    /// Removal now, of this very object: what a node does when a pod has ended.
    pub fn now(uid: &str) -> Self {
        Self { grace_seconds: Some(0), uid: Some(uid.to_owned()), orphans_dependents: false }
    }
}

/// Changes that are not yet in the store.
#[derive(Debug)]
pub struct Draft<'a> {
    stored: &'a BTreeMap<Key, Object>,
    changed: BTreeMap<Key, Option<Object>>,
    version: u64,
    now: Timestamp,
    rng: &'a mut Rng,
}

/// Letters of generated names: no vowels and no look-alikes, as Kubernetes draws them.
const NAME_LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
/// A generated name's base is cut so that it and its five letters fit a label.
const GENERATED_BASE_LENGTH: usize = 58;

impl<'a> Draft<'a> {
    pub(super) fn new(stored: &'a BTreeMap<Key, Object>, version: u64, now: Timestamp, rng: &'a mut Rng) -> Self {
        Self { stored, changed: BTreeMap::new(), version, now, rng }
    }

    pub(super) fn into_record(self) -> Record {
        Record(self.changed)
    }

    /// The object under a key, as this draft leaves it.
    pub fn get(&self, key: &Key) -> Option<Object> {
        match self.changed.get(key) {
            Some(changed) => changed.clone(),
            None => self.stored.get(key).cloned(),
        }
    }

    /// The objects of a kind, as this draft leaves them.
    pub fn list(&self, kind: Kind) -> Vec<Object> {
        let from = Key::new(kind, "", "");
        let stored = self.stored.range(from.clone()..).take_while(|(key, _)| key.kind == kind);
        let changed = self.changed.range(from..).take_while(|(key, _)| key.kind == kind);
        let mut merged: BTreeMap<&Key, Option<&Object>> = stored.map(|(key, object)| (key, Some(object))).collect();
        merged.extend(changed.map(|(key, object)| (key, object.as_ref())));
        merged.into_values().flatten().cloned().collect()
    }

    /// Adds a new object: uid, creation time, version and generation are ours, its status starts empty.
    pub fn create(&mut self, mut object: Value) -> Result<Object, StoreError> {
        let kind = Kind::named(object.text("/kind"))
            .ok_or_else(|| StoreError::KindUnknown(object.text("/kind").to_owned()))?;
        if object.version() != 0 {
            return Err(StoreError::VersionOnCreate);
        }
        if object.name().is_empty() {
            let generated = self.generate_name(&object).ok_or(StoreError::NameMissing(kind))?;
            metadata(&mut object).insert("name".into(), generated.into());
        }
        let key = Key::of(&object).ok_or(StoreError::NameMissing(kind))?;
        if self.get(&key).is_some() {
            return Err(StoreError::AlreadyExists(key));
        }
        self.stamp_new(kind, &key, &mut object);
        Ok(self.put(key, object))
    }

    fn stamp_new(&mut self, kind: Kind, key: &Key, object: &mut Value) {
        let uid = self.uid();
        let metadata = metadata(object);
        for ours in ["selfLink", "deletionTimestamp", "deletionGracePeriodSeconds", "generation"] {
            metadata.remove(ours);
        }
        metadata.insert("uid".into(), uid.into());
        metadata.insert("creationTimestamp".into(), clock::stamp(self.now).into());
        if kind.resource().is_namespaced {
            metadata.insert("namespace".into(), key.namespace.clone().into());
        } else {
            metadata.remove("namespace");
        }
        if kind.resource().has_status {
            if kind != Kind::Service {
                metadata.insert("generation".into(), 1.into());
            }
            object["status"] = first_status(kind);
        }
    }

    /// Replaces the stored object (or its status alone); its own fields stay as they were.
    pub fn update(&mut self, mut object: Value, part: Part) -> Result<Object, StoreError> {
        let key = Key::of(&object).ok_or_else(|| StoreError::KindUnknown(object.text("/kind").to_owned()))?;
        let stored = self.get(&key).ok_or_else(|| StoreError::NotFound(key.clone()))?;
        if object.version() != 0 && object.version() != stored.version() {
            return Err(StoreError::Conflict(key));
        }
        self.modify(&key, |changed| match part {
            Part::Status => changed["status"] = object["status"].take(),
            Part::Main => {
                keep_own_fields(&stored, &mut object);
                *changed = object;
            }
        })
    }

    /// Changes the stored object; a change to nothing is none. An object that waits only for this change is removed by it.
    pub fn modify(&mut self, key: &Key, change: impl FnOnce(&mut Value)) -> Result<Object, StoreError> {
        let before = self.get(key).ok_or_else(|| StoreError::NotFound(key.clone()))?;
        let mut after = Value::clone(&before);
        change(&mut after);
        if after == *before {
            return Ok(before);
        }
        if let Some(generation) = before.number("/metadata/generation")
            && is_outside_metadata_and_status(&before, &after)
        {
            after["metadata"]["generation"] = (generation + 1).into();
        }
        if after.is_deleting() && is_free_to_go(key.kind, &after) {
            self.changed.insert(key.clone(), None);
            return Ok(Arc::new(after));
        }
        Ok(self.put(key.clone(), after))
    }

    /// Deletes the object, or marks it deleted while finalizers or a pod's grace period hold it.
    pub fn delete(&mut self, key: &Key, deletion: &Deletion) -> Result<Object, StoreError> {
        let stored = self.get(key).ok_or_else(|| StoreError::NotFound(key.clone()))?;
        if let Some(wanted) = deletion.uid.as_ref().filter(|wanted| *wanted != stored.uid()) {
            let found = stored.uid().to_owned();
            return Err(StoreError::OtherUid { key: key.clone(), wanted: wanted.clone(), found });
        }
        let mut marked = Value::clone(&stored);
        let grace = if key.kind == Kind::Pod { pod_grace(&stored, deletion.grace_seconds) } else { 0 };
        let until = clock::after(self.now, Duration::from_secs(grace.unsigned_abs()));
        let metadata = metadata(&mut marked);
        metadata.insert("deletionTimestamp".into(), clock::stamp(until).into());
        metadata.insert("deletionGracePeriodSeconds".into(), grace.into());
        if is_free_to_go(key.kind, &marked) {
            self.orphan_if_asked(stored.uid(), deletion);
            self.changed.insert(key.clone(), None);
            return Ok(stored);
        }
        // A second delete may shorten the time, never lengthen it.
        if stored.is_deleting() && stored.number("/metadata/deletionGracePeriodSeconds").unwrap_or(0) <= grace {
            return Ok(stored);
        }
        self.orphan_if_asked(stored.uid(), deletion);
        Ok(self.put(key.clone(), marked))
    }

    fn orphan_if_asked(&mut self, owner: &str, deletion: &Deletion) {
        if !deletion.orphans_dependents {
            return;
        }
        let owned = |object: &Object| object.list("/metadata/ownerReferences").iter().any(|one| one["uid"] == *owner);
        let dependents: Vec<Object> = Kind::ALL.into_iter().flat_map(|kind| self.list(kind)).filter(owned).collect();
        for dependent in dependents {
            let Some(key) = Key::of(&dependent) else { continue };
            let mut freed = Value::clone(&dependent);
            if let Some(owners) = freed["metadata"]["ownerReferences"].as_array_mut() {
                owners.retain(|one| one["uid"] != *owner);
            }
            self.put(key, freed);
        }
    }

    fn put(&mut self, key: Key, mut object: Value) -> Object {
        metadata(&mut object).insert("resourceVersion".into(), self.version.to_string().into());
        let object = Arc::new(object);
        self.changed.insert(key, Some(Arc::clone(&object)));
        object
    }

    fn uid(&mut self) -> String {
        let mut bytes = [0; 16];
        self.rng.fill(&mut bytes);
        bytes[6] = bytes[6] & 0x0f | 0x40; // version 4, RFC 9562 §5.4
        bytes[8] = bytes[8] & 0x3f | 0x80;
        proconsul_base::id::NodeId::from_bytes(bytes).to_string()
    }

    fn generate_name(&mut self, object: &Value) -> Option<String> {
        let base = Some(object.text("/metadata/generateName")).filter(|base| !base.is_empty())?;
        let base: String = base.chars().take(GENERATED_BASE_LENGTH).collect();
        let letters = (0..5).map(|_| char::from(NAME_LETTERS[self.rng.place(NAME_LETTERS.len())]));
        Some(base + &letters.collect::<String>())
    }
}

fn first_status(kind: Kind) -> Value {
    match kind {
        Kind::Pod | Kind::PersistentVolumeClaim | Kind::PersistentVolume => json!({ "phase": "Pending" }),
        Kind::StatefulSet => json!({ "replicas": 0 }),
        Kind::Service => json!({ "loadBalancer": {} }),
        _ => json!({}),
    }
}

/// What a client cannot change by replacing an object.
fn keep_own_fields(stored: &Value, object: &mut Value) {
    let kept = stored["metadata"].clone();
    let metadata = metadata(object);
    for ours in
        ["uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds", "namespace"]
    {
        match kept.get(ours) {
            Some(value) => metadata.insert(ours.into(), value.clone()),
            None => metadata.remove(ours),
        };
    }
    metadata.insert("resourceVersion".into(), kept["resourceVersion"].clone());
    if let Some(status) = stored.get("status") {
        object["status"] = status.clone();
    }
}

fn is_outside_metadata_and_status(before: &Value, after: &Value) -> bool {
    let rest = |object: &Value| -> Vec<(String, Value)> {
        let fields = object.as_object().into_iter().flatten();
        fields
            .filter(|(key, _)| !matches!(key.as_str(), "metadata" | "status"))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect()
    };
    rest(before) != rest(after)
}

fn is_free_to_go(kind: Kind, object: &Value) -> bool {
    let waits = kind == Kind::Pod && object.number("/metadata/deletionGracePeriodSeconds").unwrap_or(0) > 0;
    object.list("/metadata/finalizers").is_empty() && !waits
}

/// A pod that no node has, or that has ended, needs no time; a negative time in its spec counts as 1.
fn pod_grace(pod: &Value, asked: Option<i64>) -> i64 {
    let has_ended = matches!(pod.text("/status/phase"), "Succeeded" | "Failed");
    if pod.text("/spec/nodeName").is_empty() || has_ended {
        return 0;
    }
    match asked {
        Some(seconds) => seconds.max(0),
        None => match pod.number("/spec/terminationGracePeriodSeconds").unwrap_or(30) {
            negative if negative < 0 => 1,
            seconds => seconds,
        },
    }
}
