//! PersistentVolumes.

use super::Fault;
use super::at::{At, Errors};
use super::volume_source;
use crate::quantity;

/// The fields of the specification that are no volume source.
const OTHER_FIELDS: [&str; 9] = [
    "accessModes",
    "capacity",
    "claimRef",
    "mountOptions",
    "nodeAffinity",
    "persistentVolumeReclaimPolicy",
    "storageClassName",
    "volumeAttributesClassName",
    "volumeMode",
];

pub(super) const ACCESS_MODES: [&str; 4] = ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"];

pub(super) fn check(object: &At<'_>, errors: &mut Errors) {
    let spec = object.field("spec");
    let modes = spec.field("accessModes");
    if modes.is_empty() {
        errors.required(&modes, "");
    }
    access_modes(&modes, errors);
    let capacity = spec.field("capacity");
    if capacity.is_empty() {
        errors.required(&capacity, "");
    }
    for (name, amount) in capacity.entries() {
        if name != "storage" {
            errors.add(&capacity.path, Fault::Unsupported { value: name.into(), supported: &["storage"] });
        } else if amount
            .value
            .as_str()
            .and_then(|text| quantity::parse(text).ok())
            .is_none_or(|amount| amount.units() <= 0)
        {
            errors.invalid(&amount, "must be greater than zero");
        }
    }
    errors.one_of(&spec.field("persistentVolumeReclaimPolicy"), &["Delete", "Recycle", "Retain"]);
    errors.one_of(&spec.field("volumeMode"), &["Block", "Filesystem"]);
    sources(&spec, errors);
}

fn sources(spec: &At<'_>, errors: &mut Errors) {
    let fields = spec.value.as_object();
    let sources: Vec<&String> = fields
        .into_iter()
        .flatten()
        .map(|(name, _)| name)
        .filter(|name| !OTHER_FIELDS.contains(&name.as_str()))
        .collect();
    match sources.as_slice() {
        [] => errors.required(spec, "must specify a volume type"),
        [_] => {}
        [_, more @ ..] => {
            for extra in more {
                errors.forbidden(&spec.field(extra), "may not specify more than 1 volume type");
            }
        }
    }
    let host_path = spec.field("hostPath");
    volume_source::host_path(&host_path, errors);
    volume_source::nfs(&spec.field("nfs"), errors);
    if host_path.field("path").text() == "/" && spec.field("persistentVolumeReclaimPolicy").text() == "Recycle" {
        errors.forbidden(
            &spec.field("persistentVolumeReclaimPolicy"),
            "may not be 'recycle' for a hostPath mount of '/'",
        );
    }
    let local = spec.field("local");
    if local.is_set() {
        if local.field("path").is_empty() {
            errors.required(&local.field("path"), "");
        }
        if !spec.field("nodeAffinity").is_set() {
            errors.required(&spec.field("nodeAffinity"), "Local volume requires node affinity");
        }
    }
}

/// Modes there are, and `ReadWriteOncePod` by itself.
pub(super) fn access_modes(modes: &At<'_>, errors: &mut Errors) {
    for mode in modes.items() {
        errors.one_of(&mode, &ACCESS_MODES);
    }
    if modes.items().count() > 1 && modes.items().any(|mode| mode.text() == "ReadWriteOncePod") {
        errors.forbidden(modes, "may not use ReadWriteOncePod with other access modes");
    }
}

pub(super) fn update(before: &At<'_>, after: &At<'_>, errors: &mut Errors) {
    let source = |spec: &At<'_>| {
        let mut value = spec.value.clone();
        if let Some(fields) = value.as_object_mut() {
            fields.retain(|name, _| !OTHER_FIELDS.contains(&name.as_str()));
        }
        value
    };
    if source(before) != source(after) {
        errors.forbidden(after, "spec.persistentvolumesource is immutable after creation");
    }
    let (old, new) = (before.field("volumeMode"), after.field("volumeMode"));
    if old.value != new.value {
        errors.invalid(&new, "field is immutable");
    }
    let (old, new) = (before.field("nodeAffinity"), after.field("nodeAffinity"));
    if old.is_set() && old.value != new.value {
        errors.invalid(&new, "field is immutable");
    }
}
