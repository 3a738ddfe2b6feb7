//! PersistentVolumeClaims, alone or as a template.

use serde_json::Value;

use super::at::{At, Errors};
use super::{selector, volume};
use crate::quantity::{self, Quantity};

const UPDATE: &str =
    "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";

pub(super) fn check(spec: &At<'_>, errors: &mut Errors) {
    let modes = spec.field("accessModes");
    if modes.is_empty() {
        errors.required(&modes, "at least 1 access mode is required");
    }
    volume::access_modes(&modes, errors);
    selector::check(&spec.field("selector"), errors);
    let storage = storage(spec);
    match amount(&storage) {
        None => errors.required(&storage, ""),
        Some(wanted) if wanted.units() <= 0 => errors.invalid(&storage, "must be greater than zero"),
        Some(_) => {}
    }
    let mode = spec.field("volumeMode");
    errors.one_of_if_set(&mode, &["Block", "Filesystem"]);
}

/// The storage asked for; the API server names its path without `requests`.
fn storage<'a>(spec: &At<'a>) -> At<'a> {
    At { path: spec.path.field("resources").key("storage"), value: spec.field("resources.requests.storage").value }
}

fn amount(at: &At<'_>) -> Option<Quantity> {
    quantity::parse(at.value.as_str()?).ok()
}

pub(super) fn update(before: &At<'_>, after: &At<'_>, errors: &mut Errors) {
    let (old, new) = (before.field("spec"), after.field("spec"));
    if fixed(&old, &new) != fixed(&new, &new) {
        errors.forbidden(&new, UPDATE);
        return;
    }
    let (was, wanted) = (amount(&storage(&old)), amount(&storage(&new)));
    if was == wanted {
        return;
    }
    if before.field("status.phase").text() != "Bound" {
        errors.forbidden(&new, UPDATE);
    } else if wanted < amount(&before.field("status.capacity.storage")).or(was) {
        let at = At { path: new.path.field("resources.requests.storage"), value: storage(&new).value };
        errors.forbidden(&at, "field can not be less than status.capacity");
    }
}

/// What may not change; a volume and a class may be set once, where there was none.
fn fixed(spec: &At<'_>, after: &At<'_>) -> Value {
    let mut value = spec.value.clone();
    let Some(fields) = value.as_object_mut() else { return value };
    for once in ["volumeName", "storageClassName"] {
        if fields.get(once).is_none_or(|value| value.is_null() || (once == "volumeName" && value == "")) {
            fields.insert(once.to_owned(), after.field(once).value.clone());
        }
    }
    fields.remove("volumeAttributesClassName");
    if let Some(resources) = fields.get_mut("resources").and_then(Value::as_object_mut) {
        resources.remove("requests");
    }
    value
}
