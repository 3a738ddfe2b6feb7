//! Applies a set of objects as `kubectl apply` would, all of them or none.
//!
//! An object is what its manifest says, with Kubernetes' defaults; what the runtime itself wrote into it (addresses, bindings, status)
//! stays. The manifest is kept in the annotation that `kubectl` uses, so that what it no longer says can be told from what others added.

mod keep;
mod unserved;

use std::collections::BTreeSet;

use proconsul_manifest as manifest;
use proconsul_manifest::validate::{self, FieldError};
use serde_json::Value;

use crate::object::{Fields, Key, metadata};
use crate::store::{Draft, Part, Store, StoreError};
use keep::carry_over;
pub use unserved::Unserved;

/// Where the last applied manifest is kept.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// What became of one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Which.
    pub key: Key,
    /// What became of it.
    pub outcome: Outcome,
}

/// What applying did, in `kubectl`'s words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is new.
    Created,
    /// It changed.
    Configured,
    /// It was so already.
    Unchanged,
}

impl Outcome {
    /// The word printed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Configured => "configured",
            Self::Unchanged => "unchanged",
        }
    }
}

/// What is wrong with one object of a set.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// Which.
    pub key: Key,
    /// Every rule it breaks.
    pub errors: Vec<FieldError>,
    /// Everything it asks for that this runtime does not do.
    pub unserved: Vec<Unserved>,
}

/// Why nothing of a set was applied.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// Objects break rules; every one of them is named.
    #[error("{}", refusals(.0))]
    Refused(Vec<Refused>),
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn refusals(refused: &[Refused]) -> String {
    let lines = refused.iter().flat_map(|one| {
        let errors = one.errors.iter().map(ToString::to_string);
        let texts = errors.chain(one.unserved.iter().map(ToString::to_string));
        texts.map(|text| format!("The {} {:?} is invalid: {text}", one.key.kind.resource().kind, one.key.name))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Applies the set. On an error nothing of it is stored.
pub fn apply(store: &Store, objects: &[Value]) -> Result<Vec<Applied>, ApplyError> {
    let mut refused = Vec::new();
    let mut ready = Vec::new();
    for object in objects {
        let (Some(kind), Some(key)) = (manifest::Kind::from_name(object.text("/kind")), Key::of(object)) else {
            return Err(StoreError::KindUnknown(object.text("/kind").to_owned()).into());
        };
        let stored = store.get(&key);
        let wanted = wanted(object, kind, stored.as_deref());
        let errors = match &stored {
            Some(stored) => validate::update(kind, stored, &wanted),
            None => validate::create(kind, &wanted),
        };
        let unserved = unserved::of(&wanted);
        if errors.is_empty() && unserved.is_empty() {
            ready.push((key, wanted));
        } else {
            refused.push(Refused { key, errors, unserved });
        }
    }
    if !refused.is_empty() {
        return Err(ApplyError::Refused(refused));
    }
    let write = |draft: &mut Draft<'_>| ready.into_iter().map(|(key, wanted)| put(draft, key, wanted)).collect();
    Ok(store.write(write)?)
}

fn put(draft: &mut Draft<'_>, key: Key, wanted: Value) -> Result<Applied, StoreError> {
    let outcome = match draft.get(&key) {
        None => {
            draft.create(wanted)?;
            Outcome::Created
        }
        Some(stored) => {
            let after = draft.update(wanted, Part::Main)?;
            if after == stored { Outcome::Unchanged } else { Outcome::Configured }
        }
    };
    Ok(Applied { key, outcome })
}

/// The object as it is to be stored.
fn wanted(object: &Value, kind: manifest::Kind, stored: Option<&Value>) -> Value {
    let mut wanted = object.clone();
    manifest::default::fill(&mut wanted, kind);
    let mut applied = object.clone();
    if let Some(annotations) = applied.pointer_mut("/metadata/annotations").and_then(Value::as_object_mut) {
        annotations.remove(LAST_APPLIED);
    }
    crate::object::map_at(&mut wanted["metadata"], "annotations")
        .insert(LAST_APPLIED.to_owned(), applied.to_string().into());
    if let Some(stored) = stored {
        let dropped = dropped_keys(stored, object);
        keep_others_entries(stored, &mut wanted, &dropped);
        carry_over(stored, &mut wanted);
    }
    wanted
}

/// Labels and annotations (as `labels/key`) that the last manifest had and this one has not.
fn dropped_keys(stored: &Value, object: &Value) -> BTreeSet<String> {
    let last: Value = serde_json::from_str(stored["metadata"]["annotations"][LAST_APPLIED].as_str().unwrap_or("null"))
        .unwrap_or_default();
    let keys = |object: &Value| -> BTreeSet<String> {
        let of = |map: &'static str| {
            let entries = object["metadata"][map].as_object().into_iter().flatten();
            entries.map(move |(key, _)| format!("{map}/{key}")).collect::<Vec<_>>()
        };
        of("labels").into_iter().chain(of("annotations")).collect()
    };
    keys(&last).difference(&keys(object)).cloned().collect()
}

/// Labels, annotations, finalizers and owners that others put on the object stay.
fn keep_others_entries(stored: &Value, wanted: &mut Value, dropped: &BTreeSet<String>) {
    for map in ["labels", "annotations"] {
        for (key, value) in stored["metadata"][map].as_object().into_iter().flatten() {
            if !dropped.contains(&format!("{map}/{key}")) {
                crate::object::map_at(&mut wanted["metadata"], map).entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
    }
    for list in ["finalizers", "ownerReferences"] {
        if let Some(kept) = stored["metadata"].get(list) {
            metadata(wanted).insert(list.to_owned(), kept.clone());
        }
    }
}

#[cfg(test)]
mod tests;
