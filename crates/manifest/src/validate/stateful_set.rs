//! StatefulSets.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use serde_json::Value;
use std::collections::BTreeMap;

use super::at::{At, Errors};
use super::{claim, metadata, pod, selector};

const UPDATE: &str = "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

/// The fields of the specification that may change.
const CHANGEABLE: [&str; 7] = [
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
];

pub(super) fn check(spec: &At<'_>, errors: &mut Errors) {
    policies(spec, errors);
    for number in ["replicas", "minReadySeconds", "revisionHistoryLimit", "ordinals.start"] {
        errors.not_negative(&spec.field(number));
    }
    labels(spec, errors);
    template(&spec.field("template"), errors);
    for claim in spec.field("volumeClaimTemplates").items() {
        claim::check(&claim.field("spec"), errors);
    }
}

fn policies(spec: &At<'_>, errors: &mut Errors) {
    let policy = spec.field("podManagementPolicy");
    if !matches!(policy.text(), "OrderedReady" | "Parallel") {
        errors.invalid(&policy, "must be 'OrderedReady' or 'Parallel'");
    }
    let strategy = spec.field("updateStrategy");
    let rolling = strategy.field("rollingUpdate");
    match strategy.field("type").text() {
        "RollingUpdate" => errors.not_negative(&rolling.field("partition")),
        "OnDelete" if rolling.is_set() => {
            errors.invalid(&rolling, "only allowed for updateStrategy 'RollingUpdate'");
        }
        "OnDelete" => {}
        "" => errors.required(&strategy.field("type"), ""),
        _ => errors.invalid(&strategy, "must be 'RollingUpdate' or 'OnDelete'"),
    }
    let retention = spec.field("persistentVolumeClaimRetentionPolicy");
    for when in ["whenDeleted", "whenScaled"] {
        errors.one_of(&retention.field(when), &["Retain", "Delete"]);
    }
}

/// The selector must be there, pick something, and pick the template's pods.
fn labels(spec: &At<'_>, errors: &mut Errors) {
    let at = spec.field("selector");
    if !at.is_set() {
        errors.required(&at, "");
        return;
    }
    selector::check(&at, errors);
    if at.field("matchLabels").is_empty() && at.field("matchExpressions").is_empty() {
        errors.invalid(&at, "empty selector is invalid for statefulset");
        return;
    }
    let labels = spec.field("template.metadata.labels");
    let found: BTreeMap<String, String> = labels
        .value
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned()))
        .collect();
    let wanted: LabelSelector = serde_json::from_value(at.value.clone()).unwrap_or_default();
    if !crate::selector::matches(&wanted, &found) {
        errors.invalid(&labels, "`selector` does not match template `labels`");
    }
}

fn template(template: &At<'_>, errors: &mut Errors) {
    metadata::labels(&template.field("metadata.labels"), errors);
    metadata::annotations(&template.field("metadata.annotations"), errors);
    let spec = template.field("spec");
    pod::spec(&spec, pod::Use::Template, errors);
    errors.one_of(&spec.field("restartPolicy"), &["Always"]);
    let deadline = spec.field("activeDeadlineSeconds");
    if deadline.is_set() {
        errors.forbidden(&deadline, "activeDeadlineSeconds in StatefulSet is not Supported");
    }
}

pub(super) fn update(before: &At<'_>, after: &At<'_>, errors: &mut Errors) {
    if fixed(before) != fixed(after) {
        errors.forbidden(after, UPDATE);
    }
}

/// The fields that may not change, without the status that claim templates carry along.
fn fixed(spec: &At<'_>) -> Value {
    let mut value = spec.value.clone();
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|field, value| !CHANGEABLE.contains(&field.as_str()) && !value.is_null());
        let templates = fields.get_mut("volumeClaimTemplates").and_then(Value::as_array_mut);
        for template in templates.into_iter().flatten().filter_map(Value::as_object_mut) {
            template.remove("status");
        }
    }
    value
}
