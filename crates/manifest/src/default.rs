//! The defaults the API server writes into an object when it is created. Knows no store: what depends on other objects (a default
//! storage class, an allocated address, a uid) is filled in by who has them.

mod pod;
mod service;

use serde_json::{Map, Value, json};

use crate::{Kind, quantity};

/// Fills in every field that has a default and is not there, and brings amounts into canonical form.
pub fn fill(object: &mut Value, kind: Kind) {
    let Some(fields) = object.as_object_mut() else { return };
    set(fields, "apiVersion", kind.api_version());
    set(fields, "kind", kind.name());
    let metadata = within(fields, "metadata");
    if kind.is_namespaced() && metadata.get("namespace").and_then(Value::as_str).is_none_or(str::is_empty) {
        metadata.insert("namespace".to_owned(), "default".into());
    }
    match kind {
        Kind::ConfigMap => {}
        Kind::Secret => secret(fields),
        Kind::Pod => pod::pod(fields),
        Kind::Service => service::service(fields),
        Kind::StatefulSet => stateful_set(fields),
        Kind::PersistentVolume => volume(fields),
        Kind::PersistentVolumeClaim => claim(fields),
    }
}

fn stateful_set(fields: &mut Map<String, Value>) {
    let spec = within(fields, "spec");
    set(spec, "podManagementPolicy", "OrderedReady");
    set(spec, "replicas", 1);
    set(spec, "revisionHistoryLimit", 10);
    let retention = within(spec, "persistentVolumeClaimRetentionPolicy");
    set(retention, "whenDeleted", "Retain");
    set(retention, "whenScaled", "Retain");
    let strategy = within(spec, "updateStrategy");
    set(strategy, "type", "RollingUpdate");
    if strategy.get("type").and_then(Value::as_str) == Some("RollingUpdate") {
        set(within(strategy, "rollingUpdate"), "partition", 0);
    }
    if let Some(template) = spec.get_mut("template").and_then(Value::as_object_mut) {
        within(template, "metadata");
        pod::spec(within(template, "spec"));
    }
    entries(spec, "volumeClaimTemplates", |template| {
        set(template, "apiVersion", "v1");
        set(template, "kind", "PersistentVolumeClaim");
        claim_spec(template);
        set(within(template, "status"), "phase", "Pending");
    });
}

fn volume(fields: &mut Map<String, Value>) {
    finalizer(fields, "kubernetes.io/pv-protection");
    let spec = within(fields, "spec");
    set(spec, "persistentVolumeReclaimPolicy", "Retain");
    set(spec, "volumeMode", "Filesystem");
    canonical(spec, "capacity");
    if let Some(path) = spec.get_mut("hostPath").and_then(Value::as_object_mut) {
        set(path, "type", "");
    }
    set(within(fields, "status"), "phase", "Pending");
}

fn claim(fields: &mut Map<String, Value>) {
    finalizer(fields, "kubernetes.io/pvc-protection");
    claim_spec(fields);
    set(within(fields, "status"), "phase", "Pending");
}

fn claim_spec(fields: &mut Map<String, Value>) {
    let spec = within(fields, "spec");
    set(spec, "volumeMode", "Filesystem");
    if let Some(resources) = spec.get_mut("resources").and_then(Value::as_object_mut) {
        canonical(resources, "requests");
        canonical(resources, "limits");
    }
}

/// `stringData` is how texts come in; it is never stored.
fn secret(fields: &mut Map<String, Value>) {
    set(fields, "type", "Opaque");
    let Some(Value::Object(texts)) = fields.remove("stringData") else { return };
    let data = within(fields, "data");
    for (key, text) in texts {
        let bytes = k8s_openapi::ByteString(text.as_str().unwrap_or_default().as_bytes().to_vec());
        data.insert(key, serde_json::to_value(bytes).unwrap_or_default());
    }
}

fn finalizer(fields: &mut Map<String, Value>, name: &str) {
    let list = within(fields, "metadata").entry("finalizers").or_insert_with(|| json!([]));
    if let Some(list) = list.as_array_mut().filter(|list| !list.iter().any(|known| known == name)) {
        list.push(name.into());
    }
}

/// Writes `value` unless the field is there.
fn set(fields: &mut Map<String, Value>, name: &str, value: impl Into<Value>) {
    let field = fields.entry(name).or_insert(Value::Null);
    if field.is_null() {
        *field = value.into();
    }
}

/// The mapping in a field, made when it is not there.
fn within<'a>(fields: &'a mut Map<String, Value>, name: &str) -> &'a mut Map<String, Value> {
    let field = fields.entry(name).or_insert(Value::Null);
    if !field.is_object() {
        *field = Value::Object(Map::new());
    }
    match field {
        Value::Object(fields) => fields,
        _ => unreachable!("the field was made a mapping just now"),
    }
}

/// Does something to each mapping of a list, when there is one.
fn entries(fields: &mut Map<String, Value>, name: &str, mut each: impl FnMut(&mut Map<String, Value>)) {
    let list = fields.get_mut(name).and_then(Value::as_array_mut);
    list.into_iter().flatten().filter_map(Value::as_object_mut).for_each(&mut each);
}

/// Amounts by name, each in canonical form.
fn canonical(fields: &mut Map<String, Value>, name: &str) {
    for amount in fields.get_mut(name).and_then(Value::as_object_mut).into_iter().flat_map(|map| map.values_mut()) {
        if let Some(parsed) = amount.as_str().and_then(|text| quantity::parse(text).ok()) {
            *amount = parsed.to_string().into();
        }
    }
}

#[cfg(test)]
mod tests;
