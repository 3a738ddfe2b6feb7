//! Defaults of pods and of pod templates. Pods get no token volume: there is no API server inside the cluster to show it to.

use serde_json::{Map, Value, json};

use super::{canonical, entries, set, within};

/// Permission bits of files from ConfigMaps, Secrets and the pod's own fields: `0644`.
const FILE_MODE: u32 = 0o644;

pub(super) fn pod(fields: &mut Map<String, Value>) {
    let pod = within(fields, "spec");
    spec(pod);
    set(pod, "enableServiceLinks", true);
    set(pod, "serviceAccountName", "default");
    let account = pod["serviceAccountName"].clone();
    set(pod, "serviceAccount", account);
    set(pod, "priority", 0);
    set(pod, "preemptionPolicy", "PreemptLowerPriority");
    tolerations(pod);
    let shares_node_network = pod.get("hostNetwork").and_then(Value::as_bool) == Some(true);
    for list in ["initContainers", "containers"] {
        entries(pod, list, requests);
        if shares_node_network {
            entries(pod, list, host_ports);
        }
    }
    let class = quality(pod);
    let status = within(fields, "status");
    set(status, "phase", "Pending");
    set(status, "qosClass", class);
}

pub(super) fn spec(spec: &mut Map<String, Value>) {
    set(spec, "restartPolicy", "Always");
    set(spec, "dnsPolicy", "ClusterFirst");
    set(spec, "terminationGracePeriodSeconds", 30);
    set(spec, "schedulerName", "default-scheduler");
    within(spec, "securityContext");
    for list in ["initContainers", "containers"] {
        entries(spec, list, container);
    }
    entries(spec, "volumes", volume);
}

fn container(fields: &mut Map<String, Value>) {
    let image = fields.get("image").and_then(Value::as_str).unwrap_or_default();
    let policy = if is_pulled_always(image) { "Always" } else { "IfNotPresent" };
    set(fields, "imagePullPolicy", policy);
    set(fields, "terminationMessagePath", "/dev/termination-log");
    set(fields, "terminationMessagePolicy", "File");
    let resources = within(fields, "resources");
    canonical(resources, "limits");
    canonical(resources, "requests");
    entries(fields, "ports", |port| set(port, "protocol", "TCP"));
    entries(fields, "env", |variable| {
        let source = variable.get_mut("valueFrom").and_then(Value::as_object_mut);
        if let Some(source) = source {
            field_reference(source);
        }
    });
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if let Some(probe) = fields.get_mut(probe).and_then(Value::as_object_mut) {
            self::probe(probe);
        }
    }
    for hook in ["postStart", "preStop"] {
        let hook = fields.get_mut("lifecycle").and_then(|lifecycle| lifecycle.get_mut(hook)?.as_object_mut());
        hook.map(http_get);
    }
}

/// On the node's own network a port of a container is a port of the node. Templates are left as they are.
fn host_ports(container: &mut Map<String, Value>) {
    entries(container, "ports", |port| {
        let number = port.get("containerPort").cloned().unwrap_or_default();
        set(port, "hostPort", number);
    });
}

/// Whether an image is pulled each time: its tag is `latest`, or it has neither tag nor digest.
fn is_pulled_always(image: &str) -> bool {
    let (name, has_digest) = image.split_once('@').map_or((image, false), |(name, _)| (name, true));
    let last = name.rsplit('/').next().unwrap_or(name);
    match last.split_once(':') {
        Some((_, tag)) => tag == "latest",
        None => !has_digest,
    }
}

fn probe(fields: &mut Map<String, Value>) {
    set(fields, "timeoutSeconds", 1);
    set(fields, "periodSeconds", 10);
    set(fields, "successThreshold", 1);
    set(fields, "failureThreshold", 3);
    http_get(fields);
    if let Some(call) = fields.get_mut("grpc").and_then(Value::as_object_mut) {
        set(call, "service", "");
    }
}

fn http_get(fields: &mut Map<String, Value>) {
    if let Some(request) = fields.get_mut("httpGet").and_then(Value::as_object_mut) {
        set(request, "path", "/");
        set(request, "scheme", "HTTP");
    }
}

fn field_reference(fields: &mut Map<String, Value>) {
    if let Some(reference) = fields.get_mut("fieldRef").and_then(Value::as_object_mut) {
        set(reference, "apiVersion", "v1");
    }
    if let Some(reference) = fields.get_mut("resourceFieldRef").and_then(Value::as_object_mut) {
        set(reference, "divisor", "0");
    }
}

fn volume(fields: &mut Map<String, Value>) {
    if fields.keys().all(|key| key == "name") {
        fields.insert("emptyDir".to_owned(), json!({}));
    }
    for files in ["configMap", "secret", "downwardAPI", "projected"] {
        if let Some(files) = fields.get_mut(files).and_then(Value::as_object_mut) {
            set(files, "defaultMode", FILE_MODE);
            entries(files, "items", field_reference);
            entries(files, "sources", |source| {
                if let Some(token) = source.get_mut("serviceAccountToken").and_then(Value::as_object_mut) {
                    set(token, "expirationSeconds", 3600);
                }
                if let Some(fields) = source.get_mut("downwardAPI").and_then(Value::as_object_mut) {
                    entries(fields, "items", field_reference);
                }
            });
        }
    }
    if let Some(path) = fields.get_mut("hostPath").and_then(Value::as_object_mut) {
        set(path, "type", "");
    }
}

/// Requests that are not there are as large as the limits.
fn requests(container: &mut Map<String, Value>) {
    let resources = within(container, "resources");
    let Some(Value::Object(limits)) = resources.get("limits").cloned() else { return };
    let requests = within(resources, "requests");
    for (name, limit) in limits {
        set(requests, &name, limit);
    }
}

/// What every pod tolerates for a while, unless it says something of its own about it.
fn tolerations(pod: &mut Map<String, Value>) {
    let list = pod.entry("tolerations").or_insert_with(|| json!([]));
    let Some(list) = list.as_array_mut() else { return };
    for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
        let covers = |known: &Value| {
            let text = |field: &str| known.get(field).and_then(Value::as_str).unwrap_or_default();
            (text("key") == key || text("key").is_empty()) && matches!(text("effect"), "" | "NoExecute")
        };
        if !list.iter().any(covers) {
            list.push(json!({"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}));
        }
    }
}

/// The quality-of-service class: how the pod's limits and requests stand to each other.
fn quality(pod: &Map<String, Value>) -> &'static str {
    let containers =
        || ["initContainers", "containers"].into_iter().filter_map(|list| pod.get(list)?.as_array()).flatten();
    let amount = |container: &Value, side: &str, name: &str| {
        let amount = container.pointer(&format!("/resources/{side}/{name}"))?.as_str()?;
        crate::quantity::parse(amount).ok().filter(|amount| amount.units() != 0)
    };
    let names = ["cpu", "memory"];
    let any = |container: &Value| {
        names.iter().any(|name| amount(container, "requests", name).or(amount(container, "limits", name)).is_some())
    };
    let all = |container: &Value| {
        names.iter().all(|name| {
            let limit = amount(container, "limits", name);
            limit.is_some() && limit == amount(container, "requests", name)
        })
    };
    match () {
        () if !containers().any(any) => "BestEffort",
        () if containers().all(all) => "Guaranteed",
        () => "Burstable",
    }
}
