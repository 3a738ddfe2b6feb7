//! Lists as tables: what `kubectl get` prints. Columns and cells of manifests' kinds are `plan`'s; the runtime's own kinds are here.

use proconsul_kube::clock::{self, Timestamp};
use proconsul_kube::kind::Kind;
use proconsul_kube::object::{Fields, Object};
use proconsul_manifest as manifest;
use proconsul_plan::table;
use serde_json::{Value, json};

/// A Table object of these objects.
pub(crate) fn of(kind: Kind, objects: &[Object], version: u64, now: Timestamp) -> Value {
    let known = manifest::Kind::from_name(kind.resource().kind);
    let columns: Vec<Value> = match known {
        Some(kind) => table::columns(kind).iter().map(|one| definition(one.name, one.kind, one.priority)).collect(),
        None => own_columns(kind).iter().map(|&(name, priority)| definition(name, "string", priority)).collect(),
    };
    let cells = |object: &Value| match known {
        Some(kind) => table::row(kind, object, now),
        None => own_row(kind, object, now),
    };
    let rows = objects.iter().map(|object| {
        let metadata = json!({
            "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"],
        });
        json!({ "cells": cells(object), "object": metadata })
    });
    json!({
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": { "resourceVersion": version.to_string() },
        "columnDefinitions": columns,
        "rows": rows.collect::<Vec<_>>(),
    })
}

fn definition(name: &str, kind: &str, priority: i32) -> Value {
    let format = if name == "Name" { "name" } else { "" };
    json!({ "name": name, "type": kind, "format": format, "description": "", "priority": priority })
}

fn own_columns(kind: Kind) -> &'static [(&'static str, i32)] {
    match kind {
        Kind::Node => &[
            ("Name", 0),
            ("Status", 0),
            ("Roles", 0),
            ("Age", 0),
            ("Version", 0),
            ("Internal-IP", 1),
            ("External-IP", 1),
            ("OS-Image", 1),
            ("Kernel-Version", 1),
            ("Container-Runtime", 1),
        ],
        Kind::Event => &[
            ("Last Seen", 0),
            ("Type", 0),
            ("Reason", 0),
            ("Object", 0),
            ("Subobject", 1),
            ("Source", 1),
            ("Message", 0),
            ("First Seen", 1),
            ("Count", 1),
            ("Name", 1),
        ],
        Kind::Endpoints => &[("Name", 0), ("Endpoints", 0), ("Age", 0)],
        Kind::ControllerRevision => &[("Name", 0), ("Controller", 0), ("Revision", 0), ("Age", 0)],
        _ => &[("Name", 0), ("Age", 0)],
    }
}

fn own_row(kind: Kind, object: &Value, now: Timestamp) -> Vec<Value> {
    let created = age(object.text("/metadata/creationTimestamp"), now);
    let name = object.name().to_owned();
    let cells = match kind {
        Kind::Node => node(object, name, created),
        Kind::Event => event(object, name, now),
        Kind::Endpoints => vec![name, addresses(object), created],
        Kind::ControllerRevision => {
            let owner = object
                .controller()
                .map(|owner| format!("{}.apps/{}", owner.text("/kind").to_lowercase(), owner.text("/name")));
            let revision = object.number("/revision").unwrap_or_default();
            vec![name, owner.unwrap_or_else(|| "<none>".to_owned()), revision.to_string(), created]
        }
        _ => vec![name, created],
    };
    cells.into_iter().map(Value::from).collect()
}

fn node(node: &Value, name: String, age: String) -> Vec<String> {
    let is_ready = node.list("/status/conditions").iter().any(|one| one["type"] == "Ready" && one["status"] == "True");
    let mut status = if is_ready { "Ready".to_owned() } else { "NotReady".to_owned() };
    if node["spec"]["unschedulable"] == true {
        status.push_str(",SchedulingDisabled");
    }
    let address = node.list("/status/addresses").iter().find(|one| one["type"] == "InternalIP");
    let info = |field: &str| node.text(&format!("/status/nodeInfo/{field}")).to_owned();
    vec![
        name,
        status,
        "<none>".to_owned(),
        age,
        info("kubeletVersion"),
        address.map_or("<none>", |one| one.text("/address")).to_owned(),
        "<none>".to_owned(),
        info("osImage"),
        info("kernelVersion"),
        info("containerRuntimeVersion"),
    ]
}

fn event(event: &Value, name: String, now: Timestamp) -> Vec<String> {
    let count = event.number("/count").unwrap_or(1);
    let (first, last) = (age(event.text("/firstTimestamp"), now), age(event.text("/lastTimestamp"), now));
    let involved =
        format!("{}/{}", event.text("/involvedObject/kind").to_lowercase(), event.text("/involvedObject/name"));
    let source = [event.text("/source/component"), event.text("/source/host")];
    vec![
        if count > 1 { format!("{last} (x{count} over {first})") } else { last },
        event.text("/type").to_owned(),
        event.text("/reason").to_owned(),
        involved,
        event.text("/involvedObject/fieldPath").to_owned(),
        source.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "),
        event.text("/message").trim().to_owned(),
        first,
        count.to_string(),
        name,
    ]
}

/// The first three `address:port`, then how many more.
fn addresses(endpoints: &Value) -> String {
    let mut all = Vec::new();
    for subset in endpoints.list("/subsets") {
        for address in subset.list("/addresses") {
            match subset.list("/ports") {
                [] => all.push(address.text("/ip").to_owned()),
                ports => all.extend(ports.iter().map(|port| format!("{}:{}", address.text("/ip"), port["port"]))),
            }
        }
    }
    match all.len() {
        0 => "<none>".to_owned(),
        1..=3 => all.join(","),
        more => format!("{} + {} more...", all[..3].join(","), more - 3),
    }
}

fn age(time: &str, now: Timestamp) -> String {
    clock::parse(time).map_or_else(|| "<unknown>".to_owned(), |time| table::human(now.as_second() - time.as_second()))
}
