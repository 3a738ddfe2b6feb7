//! The rows of StatefulSets and Services.

use serde_json::Value;

use super::Cells;

pub(super) fn stateful_set(cells: &Cells<'_>) -> Vec<Value> {
    let number = |pointer: &str| cells.object.pointer(pointer).and_then(Value::as_i64);
    let ready = number("/status/readyReplicas").unwrap_or(0);
    let containers = cells.list("/spec/template/spec/containers");
    let joined =
        |field: &str| containers.iter().filter_map(|container| container[field].as_str()).collect::<Vec<_>>().join(",");
    vec![
        cells.name(),
        format!("{ready}/{}", number("/spec/replicas").unwrap_or(1)).into(),
        cells.age(),
        joined("name").into(),
        joined("image").into(),
    ]
}

pub(super) fn service(cells: &Cells<'_>) -> Vec<Value> {
    let kind = cells.str("/spec/type").unwrap_or("ClusterIP");
    vec![
        cells.name(),
        kind.into(),
        cells.text("/spec/clusterIP", "<none>"),
        external(cells, kind).into(),
        ports(cells).into(),
        cells.age(),
        selector(cells).into(),
    ]
}

fn external(cells: &Cells<'_>, kind: &str) -> String {
    let mut addresses: Vec<&str> = cells.list("/spec/externalIPs").iter().filter_map(Value::as_str).collect();
    match kind {
        "ExternalName" => return cells.str("/spec/externalName").unwrap_or("<none>").to_owned(),
        "LoadBalancer" => {
            let given = cells.list("/status/loadBalancer/ingress").iter();
            let given: Vec<&str> =
                given.filter_map(|entry| entry["ip"].as_str().or(entry["hostname"].as_str())).collect();
            if given.is_empty() && addresses.is_empty() {
                return "<pending>".to_owned();
            }
            addresses.splice(0..0, given);
        }
        _ => {}
    }
    if addresses.is_empty() { "<none>".to_owned() } else { addresses.join(",") }
}

fn ports(cells: &Cells<'_>) -> String {
    let ports = cells.list("/spec/ports");
    let text = |port: &Value| {
        let protocol = port["protocol"].as_str().unwrap_or("TCP");
        match port["nodePort"].as_i64().filter(|node| *node > 0) {
            Some(node) => format!("{}:{node}/{protocol}", port["port"]),
            None => format!("{}/{protocol}", port["port"]),
        }
    };
    if ports.is_empty() { "<none>".to_owned() } else { ports.iter().map(text).collect::<Vec<_>>().join(",") }
}

fn selector(cells: &Cells<'_>) -> String {
    let pairs = cells.object.pointer("/spec/selector").and_then(Value::as_object).into_iter().flatten();
    let texts: Vec<String> =
        pairs.map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default())).collect();
    if texts.is_empty() { "<none>".to_owned() } else { texts.join(",") }
}
