//! Names, labels and annotations of every kind.

use super::at::{At, Errors};
use super::{Fault, name};
use crate::Kind;

/// All annotations of an object together, in bytes.
const ANNOTATION_BYTES: usize = 256 * 1024;

pub(super) fn check(kind: Kind, metadata: At<'_>, errors: &mut Errors) {
    let rule = match kind {
        Kind::StatefulSet => name::label,
        Kind::Service => name::label_1035,
        _ => name::subdomain,
    };
    let (given, generated) = (metadata.field("name"), metadata.field("generateName"));
    match (given.is_empty(), generated.is_empty()) {
        (false, _) => errors.follow(&given, rule),
        (true, true) => errors.required(&given, "name or generateName is required"),
        (true, false) => {}
    }
    let namespace = metadata.field("namespace");
    if kind.is_namespaced() {
        errors.follow(&namespace, name::label);
    } else if !namespace.is_empty() {
        errors.forbidden(&namespace, "not allowed on this type");
    }
    labels(&metadata.field("labels"), errors);
    annotations(&metadata.field("annotations"), errors);
}

/// Labels, here or in a template.
pub(super) fn labels(labels: &At<'_>, errors: &mut Errors) {
    for (key, value) in labels.entries() {
        for detail in name::label_key(key) {
            errors.add(&labels.path, Fault::Invalid { value: key.into(), detail });
        }
        for detail in name::label_value(value.text()) {
            errors.add(&labels.path, Fault::Invalid { value: value.value.clone(), detail });
        }
    }
}

pub(super) fn annotations(annotations: &At<'_>, errors: &mut Errors) {
    let mut bytes = 0;
    for (key, value) in annotations.entries() {
        bytes += key.len() + value.text().len();
        for detail in name::label_key(&key.to_ascii_lowercase()) {
            errors.add(&annotations.path, Fault::Invalid { value: key.into(), detail });
        }
    }
    if bytes > ANNOTATION_BYTES {
        errors.add(&annotations.path, Fault::TooLong(ANNOTATION_BYTES));
    }
}

/// What no update may change.
pub(super) fn update(before: &At<'_>, after: &At<'_>, errors: &mut Errors) {
    for field in ["name", "namespace", "uid", "creationTimestamp"] {
        let (old, new) = (before.field(field), after.field(field));
        if old.is_set() && new.is_set() && old.value != new.value {
            errors.invalid(&new, "field is immutable");
        }
    }
}
