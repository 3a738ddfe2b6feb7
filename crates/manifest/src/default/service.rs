//! Defaults of Services. An address is allocated by who keeps the range of addresses.

use serde_json::{Map, Value, json};

use super::{entries, set, within};

/// Lifetime of client affinity, in seconds.
const AFFINITY_SECONDS: u32 = 10_800;

pub(super) fn service(fields: &mut Map<String, Value>) {
    let spec = within(fields, "spec");
    set(spec, "type", "ClusterIP");
    set(spec, "sessionAffinity", "None");
    let text =
        |spec: &Map<String, Value>, name: &str| spec.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    if text(spec, "sessionAffinity") == "ClientIP" {
        let client = within(within(spec, "sessionAffinityConfig"), "clientIP");
        set(client, "timeoutSeconds", AFFINITY_SECONDS);
    }
    let kind = text(spec, "type");
    entries(spec, "ports", |port| {
        set(port, "protocol", "TCP");
        let number = port.get("port").cloned().unwrap_or_default();
        set(port, "targetPort", number);
    });
    if kind != "ExternalName" {
        set(spec, "internalTrafficPolicy", "Cluster");
        set(spec, "ipFamilyPolicy", "SingleStack");
        set(spec, "ipFamilies", json!(["IPv4"]));
        let address = text(spec, "clusterIP");
        if !address.is_empty() {
            set(spec, "clusterIPs", json!([address]));
        }
    }
    if matches!(kind.as_str(), "NodePort" | "LoadBalancer") {
        set(spec, "externalTrafficPolicy", "Cluster");
    }
    if kind == "LoadBalancer" {
        set(spec, "allocateLoadBalancerNodePorts", true);
    }
    within(within(fields, "status"), "loadBalancer");
}
