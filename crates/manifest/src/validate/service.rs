//! Services.

use std::collections::BTreeSet;

use super::at::{At, Errors};
use super::{metadata, name};

pub(super) fn check(spec: &At<'_>, errors: &mut Errors) {
    let (kind, address) = (spec.field("type"), spec.field("clusterIP"));
    let is_headless = address.text() == "None";
    errors.one_of(&kind, &["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]);
    errors.one_of(&spec.field("sessionAffinity"), &["ClientIP", "None"]);
    let ports = spec.field("ports");
    if ports.is_empty() && !is_headless && kind.text() != "ExternalName" {
        errors.required(&ports, "");
    }
    match kind.text() {
        "ExternalName" => external(spec, &address, errors),
        "NodePort" | "LoadBalancer" if is_headless => {
            errors.invalid(&address, format!("may not be set to 'None' for {} services", kind.text()));
        }
        _ if !address.is_empty() && !is_headless && address.text().parse::<std::net::IpAddr>().is_err() => {
            errors.invalid(&address, "must be empty, 'None', or a valid IP address");
        }
        _ => {}
    }
    metadata::labels(&spec.field("selector"), errors);
    self::ports(&ports, kind.text(), errors);
}

fn external(spec: &At<'_>, address: &At<'_>, errors: &mut Errors) {
    let target = spec.field("externalName");
    if target.is_empty() {
        errors.required(&target, "");
    } else {
        let trimmed = target.text().trim_end_matches('.');
        name::subdomain(trimmed).into_iter().for_each(|detail| errors.invalid(&target, detail));
    }
    if !address.is_empty() {
        errors.forbidden(address, "may not be set for ExternalName services");
    }
}

fn ports(ports: &At<'_>, kind: &str, errors: &mut Errors) {
    let needs_names = ports.items().count() > 1;
    let (mut names, mut numbers) = (BTreeSet::new(), BTreeSet::new());
    for port in ports.items() {
        let given = port.field("name");
        if given.is_empty() {
            if needs_names {
                errors.required(&given, "");
            }
        } else {
            errors.follow(&given, name::label);
            if !names.insert(given.text()) {
                errors.duplicate(&given);
            }
        }
        let number = port.field("port");
        if !number.int().is_some_and(is_port) {
            errors.invalid(&number, "must be between 1 and 65535, inclusive");
        }
        let protocol = port.field("protocol");
        errors.one_of(&protocol, &["SCTP", "TCP", "UDP"]);
        if !numbers.insert((number.int(), protocol.text())) {
            errors.duplicate(&port);
        }
        let target = port.field("targetPort");
        match (target.int(), target.value.as_str()) {
            (Some(target_number), _) if !is_port(target_number) => {
                errors.invalid(&target, "must be between 1 and 65535, inclusive");
            }
            (None, Some(_)) => errors.follow(&target, name::port),
            _ => {}
        }
        let node = port.field("nodePort");
        match node.int() {
            None | Some(0) => {}
            Some(_) if kind == "ClusterIP" => {
                errors.forbidden(&node, "may not be used when `type` is 'ClusterIP'");
            }
            Some(30000..=32767) => {}
            Some(_) => errors
                .invalid(&node, "provided port is not in the valid range. The range of valid ports is 30000-32767"),
        }
    }
}

fn is_port(number: i64) -> bool {
    (1..=65535).contains(&number)
}

pub(super) fn update(before: &At<'_>, after: &At<'_>, errors: &mut Errors) {
    let is_external = |spec: &At<'_>| spec.field("type").text() == "ExternalName";
    let (old, new) = (before.field("clusterIP"), after.field("clusterIP"));
    if is_external(before) || is_external(after) || old.is_empty() || old.value == new.value {
        return;
    }
    let value = serde_json::json!([new.text()]);
    let at = At { path: after.path.field("clusterIPs").index(0), value: &value };
    errors.invalid(&at, "may not change once set");
}
