//! Reading and writing objects at their paths.

use std::sync::Arc;

use proconsul_kube::kind::Kind;
use proconsul_kube::object::{Fields, Key, metadata};
use proconsul_kube::store::{Deletion, Part, Store, StoreError};
use proconsul_manifest as manifest;
use proconsul_manifest::validate;
use serde_json::{Value, json};

use crate::query::Query;
use crate::reply::{Refusal, Reply, Response};
use crate::table;

/// A collection: a kind, in one namespace or in all.
pub(crate) struct Place<'a> {
    pub(crate) kind: Kind,
    pub(crate) namespace: Option<&'a str>,
    pub(crate) store: &'a Arc<Store>,
}

impl Place<'_> {
    pub(crate) fn key(&self, name: &str) -> Key {
        Key::new(self.kind, self.namespace.unwrap_or("default"), name)
    }

    fn manifest_kind(&self) -> Option<manifest::Kind> {
        manifest::Kind::from_name(self.kind.resource().kind)
    }
}

pub(crate) fn list(place: &Place<'_>, query: &Query) -> Result<Response, Refusal> {
    let selects = query.selects()?;
    let (mut objects, version) = place.store.list_at(place.kind, place.namespace);
    objects.retain(|object| selects(object));
    let now = place.store.clock().now();
    if query.wants_table {
        return Ok(Reply::json(200, &table::of(place.kind, &objects, version, now)));
    }
    let items: Vec<Value> = objects.iter().map(|object| Value::clone(object)).collect();
    Ok(Reply::json(
        200,
        &json!({
            "kind": format!("{}List", place.kind.resource().kind),
            "apiVersion": place.kind.api_version(),
            "metadata": { "resourceVersion": version.to_string() },
            "items": items,
        }),
    ))
}

pub(crate) fn get(place: &Place<'_>, name: &str, query: &Query) -> Result<Response, Refusal> {
    let key = place.key(name);
    let object = place.store.get(&key).ok_or(StoreError::NotFound(key))?;
    if query.wants_table {
        let version = object.version();
        return Ok(Reply::json(200, &table::of(place.kind, &[object], version, place.store.clock().now())));
    }
    Ok(Reply::json(200, &object))
}

pub(crate) fn create(place: &Place<'_>, body: &Value) -> Result<Response, Refusal> {
    let mut object = of_place(place, body, None)?;
    if let Some(kind) = place.manifest_kind() {
        manifest::default::fill(&mut object, kind);
        check(kind, object.name(), &validate::create(kind, &object))?;
    }
    Ok(Reply::json(201, &*place.store.create(object)?))
}

pub(crate) fn replace(
    place: &Place<'_>,
    name: &str,
    subresource: Option<&str>,
    body: &Value,
) -> Result<Response, Refusal> {
    let object = of_place(place, body, Some(name))?;
    write(place, object, subresource)
}

pub(crate) fn patch(place: &Place<'_>, name: &str, query: &Query, body: &Value) -> Result<Response, Refusal> {
    if !query.is_merge_patch() {
        return Err(Refusal::media_type());
    }
    let key = place.key(name);
    let stored = place.store.get(&key).ok_or(StoreError::NotFound(key))?;
    let mut object = Value::clone(&stored);
    merge(&mut object, body);
    write(place, of_place(place, &object, Some(name))?, None)
}

fn write(place: &Place<'_>, mut object: Value, subresource: Option<&str>) -> Result<Response, Refusal> {
    let part = if subresource == Some("status") { Part::Status } else { Part::Main };
    if let (Part::Main, Some(kind)) = (part, place.manifest_kind()) {
        let key = place.key(object.name());
        let stored = place.store.get(&key).ok_or(StoreError::NotFound(key))?;
        manifest::default::fill(&mut object, kind);
        check(kind, object.name(), &validate::update(kind, &stored, &object))?;
    }
    Ok(Reply::json(200, &*place.store.update(object, part)?))
}

pub(crate) fn delete(place: &Place<'_>, name: &str, query: &Query, body: &Value) -> Result<Response, Refusal> {
    let asked = query.get("gracePeriodSeconds").and_then(|text| text.parse().ok());
    let deletion = Deletion {
        grace_seconds: body.number("/gracePeriodSeconds").or(asked),
        uid: Some(body.text("/preconditions/uid").to_owned()).filter(|uid| !uid.is_empty()),
        orphans_dependents: body.text("/propagationPolicy") == "Orphan"
            || query.get("propagationPolicy") == Some("Orphan"),
    };
    let key = place.key(name);
    let last = place.store.delete(&key, &deletion)?;
    if place.store.get(&key).is_some_and(|left| left.uid() == last.uid()) {
        return Ok(Reply::json(200, &last));
    }
    let resource = place.kind.resource();
    let mut details = json!({ "name": name, "kind": resource.plural, "uid": last.uid() });
    if !resource.group.is_empty() {
        details["group"] = resource.group.into();
    }
    let status =
        json!({ "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details });
    Ok(Reply::json(200, &status))
}

/// The body as an object of this place: kind, version, namespace and name must not contradict the path.
fn of_place(place: &Place<'_>, body: &Value, name: Option<&str>) -> Result<Value, Refusal> {
    let mut object = body.clone();
    if !object.is_object() {
        return Err(Refusal::bad_request("the body must be one object"));
    }
    let resource = place.kind.resource();
    for (field, expected) in [("kind", resource.kind), ("apiVersion", place.kind.api_version().as_str())] {
        match object.get(field).and_then(Value::as_str) {
            None | Some("") => object[field] = expected.into(),
            Some(given) if given == expected => {}
            Some(given) => {
                let message = format!("the {field} in the data ({given}) does not match the expected one ({expected})");
                return Err(Refusal::bad_request(message));
            }
        }
    }
    if let (true, Some(namespace)) = (resource.is_namespaced, place.namespace) {
        if !object.namespace().is_empty() && object.namespace() != namespace {
            let message = "the namespace of the provided object does not match the namespace sent on the request";
            return Err(Refusal::bad_request(message));
        }
        metadata(&mut object).insert("namespace".into(), namespace.into());
    }
    if let Some(name) = name
        && object.name() != name
    {
        let given = object.name();
        let message = format!("the name of the object ({given}) does not match the name on the URL ({name})");
        return Err(Refusal::bad_request(message));
    }
    Ok(object)
}

fn check(kind: manifest::Kind, name: &str, errors: &[validate::FieldError]) -> Result<(), Refusal> {
    if errors.is_empty() {
        return Ok(());
    }
    let status = manifest::status::invalid(kind, name, errors);
    let own = Kind::named(kind.name()).unwrap_or(Kind::Pod);
    Err(Refusal::invalid(own, name, status["message"].as_str().unwrap_or_default()))
}

/// RFC 7386: objects merge, null removes, everything else replaces.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    for (key, change) in changes {
        if change.is_null() {
            if let Some(fields) = target.as_object_mut() {
                fields.remove(key);
            }
        } else {
            merge(&mut target[key], change);
        }
    }
}

#[cfg(test)]
mod tests;
