//! Reading and changing the parts that all objects have, on plain JSON values.
//!
//! Knows no kind's own fields and no store.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::kind::Kind;

/// An object as it was stored; shared, so that a reader keeps what it saw.
pub type Object = Arc<Value>;

/// Where an object is found: its kind, its namespace (empty for kinds without one) and its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// What it is.
    pub kind: Kind,
    /// Where it lives; empty for kinds without a namespace.
    pub namespace: String,
    /// Its name there.
    pub name: String,
}

impl Key {
    /// The key of these parts; the namespace is dropped for kinds without one.
    pub fn new(kind: Kind, namespace: &str, name: &str) -> Self {
        let namespace = if kind.resource().is_namespaced { namespace } else { "" };
        Self { kind, namespace: namespace.to_owned(), name: name.to_owned() }
    }

    /// The key an object names itself by; `None` when its kind is not kept here.
    pub fn of(object: &Value) -> Option<Self> {
        let kind = Kind::named(object.text("/kind"))?;
        let namespace = match object.namespace() {
            "" => "default",
            named => named,
        };
        Some(Self::new(kind, namespace, object.name()))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.printed(), self.name)
    }
}

/// The fields every object has. Absent texts read as empty.
pub trait Fields {
    /// The text at a JSON pointer.
    fn text(&self, pointer: &str) -> &str;
    /// The number at a JSON pointer.
    fn number(&self, pointer: &str) -> Option<i64>;
    /// The list at a JSON pointer; empty when absent.
    fn list(&self, pointer: &str) -> &[Value];
    /// `metadata.name`.
    fn name(&self) -> &str {
        self.text("/metadata/name")
    }
    /// `metadata.namespace`.
    fn namespace(&self) -> &str {
        self.text("/metadata/namespace")
    }
    /// `metadata.uid`.
    fn uid(&self) -> &str {
        self.text("/metadata/uid")
    }
    /// `metadata.resourceVersion` as a number; 0 when there is none.
    fn version(&self) -> u64 {
        self.text("/metadata/resourceVersion").parse().unwrap_or(0)
    }
    /// Whether `metadata.deletionTimestamp` is set.
    fn is_deleting(&self) -> bool {
        !self.text("/metadata/deletionTimestamp").is_empty()
    }
    /// One of `metadata.labels`.
    fn label(&self, key: &str) -> Option<&str>;
    /// The owner reference marked as the controller, if there is one.
    fn controller(&self) -> Option<&Value> {
        self.list("/metadata/ownerReferences").iter().find(|owner| owner["controller"] == true)
    }
}

impl Fields for Value {
    fn text(&self, pointer: &str) -> &str {
        self.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    fn number(&self, pointer: &str) -> Option<i64> {
        self.pointer(pointer).and_then(Value::as_i64)
    }

    fn list(&self, pointer: &str) -> &[Value] {
        self.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    fn label(&self, key: &str) -> Option<&str> {
        self.pointer("/metadata/labels")?.get(key)?.as_str()
    }
}

/// The map at `key`, made when it is not there (or not a map).
pub fn map_at<'a>(object: &'a mut Value, key: &str) -> &'a mut Map<String, Value> {
    let parent = as_map(object);
    as_map(parent.entry(key).or_insert_with(|| json!({})))
}

/// An object's `metadata`, made when missing.
pub fn metadata(object: &mut Value) -> &mut Map<String, Value> {
    map_at(object, "metadata")
}

fn as_map(value: &mut Value) -> &mut Map<String, Value> {
    if !value.is_object() {
        *value = json!({});
    }
    match value {
        Value::Object(map) => map,
        _ => unreachable!("made a map the line before"),
    }
}

/// Adds (or with `is_wanted` false removes) a finalizer.
pub fn set_finalizer(object: &mut Value, name: &str, is_wanted: bool) {
    let metadata = metadata(object);
    let mut kept: Vec<Value> = metadata.get("finalizers").and_then(Value::as_array).cloned().unwrap_or_default();
    kept.retain(|finalizer| finalizer != name);
    if is_wanted {
        kept.push(name.into());
    }
    if kept.is_empty() {
        metadata.remove("finalizers");
    } else {
        metadata.insert("finalizers".into(), kept.into());
    }
}

/// A reference to the object as events and claims carry it.
pub fn reference(object: &Value) -> Value {
    let mut reference = json!({
        "apiVersion": object["apiVersion"],
        "kind": object["kind"],
        "name": object.name(),
        "uid": object.uid(),
        "resourceVersion": object.text("/metadata/resourceVersion"),
    });
    if !object.namespace().is_empty() {
        reference["namespace"] = object.namespace().into();
    }
    reference
}
