//! One journal entry: the changes of one write as JSON, `[{"put": object}, {"gone": {"kind", "namespace", "name"}}]`.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::kind::Kind;
use crate::object::{Fields, Key, Object};
use crate::store::history::{Change, Verb};

/// The changes of one write: the new state of each key, `None` where it is removed.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Record(pub(crate) BTreeMap<Key, Option<Object>>);

/// All objects at one version.
#[derive(Debug, Default)]
pub(crate) struct Snapshot {
    pub(crate) version: u64,
    pub(crate) objects: BTreeMap<Key, Object>,
}

/// Why bytes are no record.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// Not JSON.
    #[error("is no JSON")]
    Json(#[from] serde_json::Error),
    /// JSON of another shape.
    #[error("has an element that neither puts nor removes a known kind of object")]
    Shape,
}

impl Record {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let changes = self.0.iter().map(|(key, object)| match object {
            Some(object) => json!({ "put": **object }),
            None => {
                json!({ "gone": { "kind": key.kind.resource().kind, "namespace": key.namespace, "name": key.name } })
            }
        });
        Value::Array(changes.collect()).to_string().into_bytes()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let changes: Vec<Value> = serde_json::from_slice(bytes)?;
        changes
            .into_iter()
            .map(|change| decode_change(change).ok_or(RecordError::Shape))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The changes this record makes to `objects`, each with what was there before.
    pub(crate) fn resolve(self, version: u64, objects: &BTreeMap<Key, Object>) -> Vec<Change> {
        let change = |(key, after): (Key, Option<Object>)| {
            let before = objects.get(&key).cloned();
            let (verb, object) = match (after, &before) {
                (Some(after), None) => (Verb::Added, after),
                (Some(after), Some(_)) => (Verb::Modified, after),
                (None, Some(last)) => (Verb::Deleted, stamped(last, version)),
                (None, None) => return None,
            };
            Some(Change { version, verb, key, object, before })
        };
        self.0.into_iter().filter_map(change).collect()
    }
}

/// A removed object's last state carries the version of its removal.
fn stamped(object: &Object, version: u64) -> Object {
    let mut last = Value::clone(object);
    last["metadata"]["resourceVersion"] = version.to_string().into();
    Arc::new(last)
}

fn decode_change(mut change: Value) -> Option<(Key, Option<Object>)> {
    if let Some(object) = change.get_mut("put").map(Value::take) {
        return Some((Key::of(&object)?, Some(Arc::new(object))));
    }
    let gone = change.get("gone")?;
    let kind = Kind::named(gone.text("/kind"))?;
    Some((Key::new(kind, gone.text("/namespace"), gone.text("/name")), None))
}

impl Snapshot {
    pub(crate) fn encode(version: u64, objects: &BTreeMap<Key, Object>) -> Vec<u8> {
        let objects: Vec<&Value> = objects.values().map(|object| &**object).collect();
        json!({ "version": version, "objects": objects }).to_string().into_bytes()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let mut whole: Value = serde_json::from_slice(bytes)?;
        let version = whole["version"].as_u64().ok_or(RecordError::Shape)?;
        let Value::Array(objects) = whole["objects"].take() else { return Err(RecordError::Shape) };
        let keyed = |object: Value| Some((Key::of(&object)?, Arc::new(object)));
        let objects =
            objects.into_iter().map(|object| keyed(object).ok_or(RecordError::Shape)).collect::<Result<_, _>>()?;
        Ok(Self { version, objects })
    }
}
