//! Probes and lifecycle hooks.

use super::at::{At, Errors};
use super::name;

const KINDS: [&str; 4] = ["exec", "httpGet", "tcpSocket", "grpc"];
const HOOKS: [&str; 4] = ["exec", "httpGet", "tcpSocket", "sleep"];
const ON_INIT: &str = "may not be set for init containers without restartPolicy=Always";

pub(super) fn all(container: &At<'_>, is_init: bool, errors: &mut Errors) {
    let is_plain_init = is_init && container.field("restartPolicy").text() != "Always";
    for field in ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle"] {
        let at = container.field(field);
        if !at.is_set() {
            continue;
        }
        if is_plain_init {
            errors.forbidden(&at, ON_INIT);
        } else if field != "lifecycle" {
            probe(&at, field, errors);
        }
    }
    for hook in ["postStart", "preStop"] {
        let hook = container.field("lifecycle").field(hook);
        if hook.is_set() {
            handler(&hook, &HOOKS, errors);
        }
    }
}

fn probe(probe: &At<'_>, kind: &str, errors: &mut Errors) {
    handler(probe, &KINDS, errors);
    for number in ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"] {
        errors.not_negative(&probe.field(number));
    }
    let successes = probe.field("successThreshold");
    if kind != "readinessProbe" && successes.int() != Some(1) {
        errors.invalid(&successes, "must be 1");
    }
    let grace = probe.field("terminationGracePeriodSeconds");
    if grace.is_set() && kind == "readinessProbe" {
        errors.invalid(&grace, "must not be set for readinessProbes");
    } else if grace.int().is_some_and(|grace| grace <= 0) {
        errors.invalid(&grace, "must be greater than 0");
    }
}

/// Exactly one way to ask.
fn handler(at: &At<'_>, kinds: &[&str], errors: &mut Errors) {
    let set: Vec<At<'_>> = kinds.iter().map(|kind| at.field(kind)).filter(At::is_set).collect();
    match set.as_slice() {
        [] => errors.required(at, "must specify a handler type"),
        [_] => {}
        [_, more @ ..] => {
            for extra in more {
                errors.forbidden(extra, "may not specify more than 1 handler type");
            }
        }
    }
    for one in set {
        match one.path.as_str().rsplit('.').next() {
            Some("exec") if one.field("command").is_empty() => errors.required(&one.field("command"), ""),
            Some("httpGet") => {
                port(&one.field("port"), errors);
                errors.one_of(&one.field("scheme"), &["HTTP", "HTTPS"]);
            }
            Some("tcpSocket" | "grpc") => port(&one.field("port"), errors),
            _ => {}
        }
    }
}

fn port(port: &At<'_>, errors: &mut Errors) {
    match (port.int(), port.value.as_str()) {
        (Some(1..=65535), _) => {}
        (None, Some(_)) => errors.follow(port, name::port),
        _ => errors.invalid(port, "must be between 1 and 65535, inclusive"),
    }
}
