//! Paths of our own, for what Kubernetes has no path for: a whole set at once, nodes closed and opened, the runtime's facts and its end.

use hyper::Method;
use proconsul_kube::apply;
use proconsul_kube::control::node;
use proconsul_kube::object::Fields;
use proconsul_kube::runtime::{Extent, Facts};
use serde_json::{Value, json};

use crate::reply::{Refusal, Reply, Response};
use crate::serve::Desk;

/// `GET`: the runtime's facts.
pub const SUMMARY_PATH: &str = "/proconsul/v1/summary";
/// `POST {"objects": [...]}`: applies a set, all of it or nothing.
pub const APPLY_PATH: &str = "/proconsul/v1/apply";
/// `POST {"unschedulable": bool}` to `<here>/NAME`: closes or opens a node. `POST {"count": N}` here: how many there are.
pub const NODES_PATH: &str = "/proconsul/v1/nodes";
/// `POST {"extent": "pods" | "objects" | "volumes"}`: ends the runtime.
pub const STOP_PATH: &str = "/proconsul/v1/stop";

/// Answers a path below `/proconsul/v1`.
pub(crate) fn answer(desk: &Desk, method: &Method, path: &[&str], body: &Value) -> Result<Response, Refusal> {
    match (method, path) {
        (&Method::GET, ["summary"]) => Ok(Reply::json(200, &summary(desk.runtime.facts(), desk))),
        (&Method::POST, ["apply"]) => {
            let applied = apply::apply(desk.runtime.store(), body.list("/objects"))?;
            let outcomes = applied.iter().map(|one| {
                json!({ "object": one.key.to_string(), "kind": one.key.kind.resource().kind, "namespace": one.key.namespace,
                        "name": one.key.name, "outcome": one.outcome.word() })
            });
            Ok(Reply::json(200, &json!({ "applied": outcomes.collect::<Vec<_>>() })))
        }
        (&Method::POST, ["nodes"]) => {
            let count = body.number("/count").and_then(|count| u32::try_from(count).ok()).filter(|count| *count > 0);
            let none = || Refusal::bad_request("count is not a number of nodes, 1 or more".to_owned());
            desk.runtime.set_nodes(count.ok_or_else(none)?);
            Ok(Reply::json(200, &json!({})))
        }
        (&Method::POST, ["nodes", name]) => {
            node::cordon(desk.runtime.store(), name, body["unschedulable"] == true)?;
            Ok(Reply::json(200, &json!({})))
        }
        (&Method::POST, ["stop"]) => {
            let extent = match body.text("/extent") {
                "pods" => Extent::Pods,
                "objects" => Extent::Objects,
                "volumes" => Extent::Volumes,
                other => {
                    let message = format!("extent {other:?} is not known: write pods, objects or volumes");
                    return Err(Refusal::bad_request(message));
                }
            };
            desk.stop.send_replace(Some(extent));
            Ok(Reply::json(202, &json!({ "pid": std::process::id() })))
        }
        _ => Err(Refusal::no_path()),
    }
}

fn summary(facts: &Facts, desk: &Desk) -> Value {
    json!({
        "pid": facts.pid,
        "version": facts.version,
        "stateDir": desk.runtime.state_dir(),
        "isolation": facts.isolation,
        "isolationReason": facts.isolation_reason,
        "range": facts.range,
        "resolver": { "address": facts.resolver.ip(), "port": facts.resolver.port() },
        "http": facts.http.to_string(),
        "httpNote": facts.http_note,
    })
}
