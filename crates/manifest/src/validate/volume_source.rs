//! The volumes of a pod.

use std::collections::BTreeSet;

use super::at::{At, Errors};
use super::name;
use crate::downward;

pub(super) const HOST_PATH_TYPES: [&str; 8] =
    ["", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"];

/// Checks the list; the answer is the names in it.
pub(super) fn list(volumes: &At<'_>, errors: &mut Errors) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for volume in volumes.items() {
        let given = volume.field("name");
        if given.is_empty() {
            errors.required(&given, "");
        } else {
            errors.follow(&given, name::label);
            if !names.insert(given.text().to_owned()) {
                errors.duplicate(&given);
            }
        }
        let sources = volume.value.as_object().map(|fields| fields.len() - usize::from(fields.contains_key("name")));
        match sources {
            Some(0) | None => errors.required(&volume, "must specify a volume type"),
            Some(1) => source(&volume, errors),
            Some(_) => {
                let second = volume.value.as_object().into_iter().flatten().filter(|(key, _)| *key != "name").nth(1);
                let second = second.map_or_else(|| volume.clone(), |(key, _)| volume.field(key));
                errors.forbidden(&second, "may not specify more than 1 volume type");
            }
        }
    }
    names
}

fn source(volume: &At<'_>, errors: &mut Errors) {
    host_path(&volume.field("hostPath"), errors);
    nfs(&volume.field("nfs"), errors);
    let claim = volume.field("persistentVolumeClaim");
    if claim.is_set() && claim.field("claimName").is_empty() {
        errors.required(&claim.field("claimName"), "");
    }
    for (kind, name_field) in [("configMap", "name"), ("secret", "secretName")] {
        let files = volume.field(kind);
        if !files.is_set() {
            continue;
        }
        let name = files.field(name_field);
        if name.is_empty() {
            errors.required(&name, "");
        }
        mode(&files.field("defaultMode"), errors);
        files.field("items").items().for_each(|item| self::item(&item, errors));
    }
    for item in volume.field("downwardAPI.items").items() {
        local_path(&item.field("path"), errors);
        let reference = item.field("fieldRef");
        let path = reference.field("fieldPath");
        if reference.is_set() && downward::keyed(path.text()).is_none() {
            errors.one_of(&path, &downward::FILE_FIELDS);
        } else if !reference.is_set() && !item.field("resourceFieldRef").is_set() {
            errors.required(&item, "one of fieldRef and resourceFieldRef is required");
        }
    }
}

fn item(item: &At<'_>, errors: &mut Errors) {
    if item.field("key").is_empty() {
        errors.required(&item.field("key"), "");
    }
    mode(&item.field("mode"), errors);
    local_path(&item.field("path"), errors);
}

fn local_path(path: &At<'_>, errors: &mut Errors) {
    if path.is_empty() {
        errors.required(path, "");
    }
    if path.text().starts_with('/') {
        errors.invalid(path, "must be a relative path");
    }
    if path.text().split('/').any(|part| part == "..") {
        errors.invalid(path, "must not contain '..'");
    }
}

fn mode(mode: &At<'_>, errors: &mut Errors) {
    if mode.int().is_some_and(|mode| !(0..=0o777).contains(&mode)) {
        errors.invalid(mode, "must be a number between 0 and 0777 (octal), both inclusive");
    }
}

/// A folder of the machine.
pub(super) fn host_path(source: &At<'_>, errors: &mut Errors) {
    if !source.is_set() {
        return;
    }
    let path = source.field("path");
    if path.is_empty() {
        errors.required(&path, "");
    } else if path.text().split('/').any(|part| part == "..") {
        errors.invalid(&path, "must not contain '..'");
    }
    if source.field("type").is_set() {
        errors.one_of(&source.field("type"), &HOST_PATH_TYPES);
    }
}

/// A folder of another machine.
pub(super) fn nfs(source: &At<'_>, errors: &mut Errors) {
    if !source.is_set() {
        return;
    }
    let (server, path) = (source.field("server"), source.field("path"));
    if server.is_empty() {
        errors.required(&server, "");
    }
    if path.is_empty() {
        errors.required(&path, "");
    } else if !path.text().starts_with('/') {
        errors.invalid(&path, "must be an absolute path");
    }
}
