//! Containers.

use std::collections::BTreeSet;

use super::at::{At, Errors};
use super::{name, probe};
use crate::{downward, quantity};

/// `volumes` are the names a mount may use; `None` when they are not all known.
pub(super) fn check(container: &At<'_>, is_init: bool, volumes: Option<&BTreeSet<String>>, errors: &mut Errors) {
    let given = container.field("name");
    if given.is_empty() {
        errors.required(&given, "");
    } else {
        errors.follow(&given, name::label);
    }
    let image = container.field("image");
    if image.is_empty() {
        errors.required(&image, "");
    } else if image.text().trim() != image.text() {
        errors.invalid(&image, "must not have leading or trailing whitespace");
    }
    errors.one_of(&container.field("imagePullPolicy"), &["Always", "IfNotPresent", "Never"]);
    errors.one_of(&container.field("terminationMessagePolicy"), &["File", "FallbackToLogsOnError"]);
    ports(&container.field("ports"), errors);
    container.field("env").items().for_each(|variable| self::variable(&variable, errors));
    container.field("envFrom").items().for_each(|source| variables_from(&source, errors));
    mounts(&container.field("volumeMounts"), volumes, errors);
    resources(&container.field("resources"), errors);
    probe::all(container, is_init, errors);
}

fn ports(ports: &At<'_>, errors: &mut Errors) {
    let mut names = BTreeSet::new();
    for port in ports.items() {
        let given = port.field("name");
        if !given.is_empty() {
            errors.follow(&given, name::port);
            if !names.insert(given.text()) {
                errors.duplicate(&given);
            }
        }
        let number = port.field("containerPort");
        match number.int() {
            None | Some(0) => errors.required(&number, ""),
            Some(1..=65535) => {}
            Some(_) => errors.invalid(&number, "must be between 1 and 65535, inclusive"),
        }
        let host = port.field("hostPort");
        if host.int().is_some_and(|host| !(0..=65535).contains(&host)) {
            errors.invalid(&host, "must be between 1 and 65535, inclusive");
        }
        errors.one_of(&port.field("protocol"), &["SCTP", "TCP", "UDP"]);
    }
}

fn variable(variable: &At<'_>, errors: &mut Errors) {
    let given = variable.field("name");
    if given.is_empty() {
        errors.required(&given, "");
    } else {
        errors.follow(&given, name::variable);
    }
    let source = variable.field("valueFrom");
    if !source.is_set() {
        return;
    }
    let kinds = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"];
    let set = kinds.iter().filter(|kind| source.field(kind).is_set()).count();
    if !variable.field("value").is_empty() {
        errors.invalid(&source, "may not be specified when `value` is not empty");
    } else if set == 0 {
        errors.invalid(
            &source,
            "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`",
        );
    } else if set > 1 {
        errors.invalid(&source, "may not have more than one field specified at a time");
    }
    field_reference(&source.field("fieldRef"), errors);
    for kind in ["configMapKeyRef", "secretKeyRef"] {
        let reference = source.field(kind);
        if reference.is_set() {
            let (name, key) = (reference.field("name"), reference.field("key"));
            if name.is_empty() {
                errors.required(&name, "");
            }
            if key.is_empty() {
                errors.required(&key, "");
            } else {
                errors.follow(&key, name::config_key);
            }
        }
    }
    let resource = source.field("resourceFieldRef");
    if resource.is_set() && resource.field("resource").is_empty() {
        errors.required(&resource.field("resource"), "");
    }
}

fn field_reference(reference: &At<'_>, errors: &mut Errors) {
    if !reference.is_set() {
        return;
    }
    let path = reference.field("fieldPath");
    match path.text() {
        "" => errors.required(&path, ""),
        text if downward::keyed(text).is_some() => {}
        _ => errors.one_of(&path, &downward::VARIABLE_FIELDS),
    }
}

fn variables_from(source: &At<'_>, errors: &mut Errors) {
    let (map, secret) = (source.field("configMapRef"), source.field("secretRef"));
    match (map.is_set(), secret.is_set()) {
        (false, false) => errors.invalid(source, "must specify one of: `configMapRef` or `secretRef`"),
        (true, true) => errors.invalid(source, "may not have more than one field specified at a time"),
        _ => {}
    }
    for reference in [map, secret] {
        if reference.is_set() && reference.field("name").is_empty() {
            errors.required(&reference.field("name"), "");
        }
    }
}

fn mounts(mounts: &At<'_>, volumes: Option<&BTreeSet<String>>, errors: &mut Errors) {
    let mut paths = BTreeSet::new();
    for mount in mounts.items() {
        let volume = mount.field("name");
        if volume.is_empty() {
            errors.required(&volume, "");
        } else if volumes.is_some_and(|volumes| !volumes.contains(volume.text())) {
            errors.not_found(&volume);
        }
        let path = mount.field("mountPath");
        if path.is_empty() {
            errors.required(&path, "");
        } else if !paths.insert(path.text()) {
            errors.invalid(&path, "must be unique");
        }
        let (fixed, expanded) = (mount.field("subPath"), mount.field("subPathExpr"));
        if !fixed.is_empty() && !expanded.is_empty() {
            errors.invalid(&expanded, "subPathExpr and subPath are mutually exclusive");
        }
        for path in [fixed, expanded] {
            sub_path(&path, errors);
        }
    }
}

/// A path within a volume may not lead out of it.
fn sub_path(path: &At<'_>, errors: &mut Errors) {
    if path.text().starts_with('/') {
        errors.invalid(path, "must be a relative path");
    }
    if path.text().split('/').any(|part| part == "..") {
        errors.invalid(path, "must not contain '..'");
    }
}

fn resources(resources: &At<'_>, errors: &mut Errors) {
    let amount = |at: &At<'_>| at.value.as_str().and_then(|text| quantity::parse(text).ok());
    let (limits, requests) = (resources.field("limits"), resources.field("requests"));
    for (_, at) in limits.entries().chain(requests.entries()) {
        if amount(&at).is_some_and(quantity::Quantity::is_negative) {
            errors.invalid(&at, "must be greater than or equal to 0");
        }
    }
    for (name, request) in requests.entries() {
        let limit =
            limits.value.get(name).and_then(serde_json::Value::as_str).and_then(|text| quantity::parse(text).ok());
        if let (Some(limit), Some(wanted)) = (limit, amount(&request))
            && wanted > limit
        {
            // The API server names the list, not the entry.
            let at = At { path: requests.path.clone(), value: request.value };
            errors.invalid(&at, format!("must be less than or equal to {name} limit of {limit}"));
        }
    }
}
