//! ConfigMaps and Secrets.

use super::at::{At, Errors};
use super::{Fault, name};

/// All keys and values of one object, in bytes.
const DATA_BYTES: usize = 1024 * 1024;

pub(super) fn config_map(object: &At<'_>, errors: &mut Errors) {
    let (texts, bytes) = (object.field("data"), object.field("binaryData"));
    let mut size = 0;
    for (key, value) in texts.entries() {
        keys(key, &value, errors);
        if bytes.value.get(key).is_some() {
            errors.invalid(
                &At { path: texts.path.key(key), value: &key.into() },
                format!("duplicate of key present in {}", bytes.path),
            );
        }
        size += value.text().len();
    }
    for (key, value) in bytes.entries() {
        keys(key, &value, errors);
        size += decoded_len(value.text());
    }
    if size > DATA_BYTES {
        errors.add(&texts.path, Fault::TooLong(DATA_BYTES));
    }
}

pub(super) fn secret(object: &At<'_>, errors: &mut Errors) {
    let data = object.field("data");
    let mut size = 0;
    for (key, value) in data.entries() {
        keys(key, &value, errors);
        size += decoded_len(value.text());
    }
    if size > DATA_BYTES {
        errors.add(&data.path, Fault::TooLong(DATA_BYTES));
    }
    let mut need = |key: &str| {
        if data.value.get(key).is_none() {
            errors.add(&data.path.key(key), Fault::Required(String::new()));
        }
    };
    match object.field("type").text() {
        "kubernetes.io/tls" => ["tls.crt", "tls.key"].into_iter().for_each(need),
        "kubernetes.io/dockerconfigjson" => need(".dockerconfigjson"),
        "kubernetes.io/dockercfg" => need(".dockercfg"),
        "kubernetes.io/ssh-auth" => need("ssh-privatekey"),
        "kubernetes.io/basic-auth" if data.value.get("username").is_none() && data.value.get("password").is_none() => {
            ["username", "password"].into_iter().for_each(need);
        }
        _ => {}
    }
}

fn keys(key: &str, value: &At<'_>, errors: &mut Errors) {
    for detail in name::config_key(key) {
        errors.add(&value.path, Fault::Invalid { value: key.into(), detail });
    }
}

/// The bytes that base64 text stands for.
fn decoded_len(text: &str) -> usize {
    text.trim_end_matches('=').len() * 3 / 4
}

pub(super) fn update_config_map(before: &At<'_>, after: &At<'_>, errors: &mut Errors) {
    unchanged_when_immutable(before, after, &["data", "binaryData"], errors);
}

pub(super) fn update_secret(before: &At<'_>, after: &At<'_>, errors: &mut Errors) {
    unchanged_when_immutable(before, after, &["data"], errors);
    let (old, new) = (before.field("type"), after.field("type"));
    if !old.is_empty() && old.value != new.value {
        errors.invalid(&new, "field is immutable");
    }
}

fn unchanged_when_immutable(before: &At<'_>, after: &At<'_>, fields: &[&str], errors: &mut Errors) {
    if !before.field("immutable").is_true() {
        return;
    }
    if !after.field("immutable").is_true() {
        errors.forbidden(&after.field("immutable"), "field is immutable when `immutable` is set");
    }
    for field in fields {
        let new = after.field(field);
        if before.field(field).value != new.value {
            errors.forbidden(&new, "field is immutable when `immutable` is set");
        }
    }
}
