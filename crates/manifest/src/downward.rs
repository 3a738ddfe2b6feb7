//! The fields of a pod that its containers may see (`fieldRef`), and how they are written.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Pod;

/// What variables may refer to, in the order of the API server's message; labels and annotations come by key.
pub const VARIABLE_FIELDS: [&str; 9] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];

/// What files of a volume may hold; whole maps among it.
pub const FILE_FIELDS: [&str; 5] =
    ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];

/// The key in `metadata.labels['key']` or `metadata.annotations['key']`, with the map's name.
pub fn keyed(path: &str) -> Option<(&str, &str)> {
    let (map, rest) = path.split_once("['")?;
    let key = rest.strip_suffix("']")?;
    matches!(map, "metadata.labels" | "metadata.annotations").then_some((map, key))
}

/// The value of a field; `None` for a path that is none of the above. A field that has no value yet is empty.
pub fn value(pod: &Pod, path: &str) -> Option<String> {
    let metadata = &pod.metadata;
    let spec = pod.spec.as_ref();
    let status = pod.status.as_ref();
    if let Some((map, key)) = keyed(path) {
        let map = if map == "metadata.labels" { &metadata.labels } else { &metadata.annotations };
        return Some(map.as_ref().and_then(|map| map.get(key)).cloned().unwrap_or_default());
    }
    let value = match path {
        "metadata.name" => metadata.name.clone(),
        "metadata.namespace" => metadata.namespace.clone(),
        "metadata.uid" => metadata.uid.clone(),
        "metadata.labels" => metadata.labels.as_ref().map(lines),
        "metadata.annotations" => metadata.annotations.as_ref().map(lines),
        "spec.nodeName" => spec.and_then(|spec| spec.node_name.clone()),
        "spec.serviceAccountName" => spec.and_then(|spec| spec.service_account_name.clone()),
        "status.hostIP" => status.and_then(|status| status.host_ip.clone()),
        "status.podIP" => status.and_then(|status| status.pod_ip.clone()),
        "status.hostIPs" => status.and_then(|status| {
            Some(status.host_ips.as_ref()?.iter().map(|host| host.ip.clone()).collect::<Vec<_>>().join(","))
        }),
        "status.podIPs" => status.and_then(|status| {
            Some(status.pod_ips.as_ref()?.iter().map(|pod| pod.ip.clone()).collect::<Vec<_>>().join(","))
        }),
        _ => return None,
    };
    Some(value.unwrap_or_default())
}

/// One `key="value"` a line, sorted by key.
fn lines(map: &BTreeMap<String, String>) -> String {
    map.iter().map(|(key, value)| format!("{key}={value:?}")).collect::<Vec<_>>().join("\n")
}
