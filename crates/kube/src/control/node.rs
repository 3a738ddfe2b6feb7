//! Virtual nodes: as many Node objects as pods must be kept apart on. They are names on one machine, nothing more.

use serde_json::{Value, json};

use crate::control::Control;
use crate::kind::Kind;
use crate::machine::Machine;
use crate::object::{Fields, Key};
use crate::store::{Deletion, Store, StoreError};

/// What every node says of the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeFacts {
    /// Processors of the machine; each node claims them all.
    pub processors: usize,
    /// Memory of the machine in KiB.
    pub memory_kib: u64,
    /// `uname -r`.
    pub kernel: String,
    /// This program and its version.
    pub runtime: String,
}

/// Most pods on a node, the kubelet's default.
const PODS_MAX: &str = "110";
/// The Kubernetes version whose API is spoken.
const KUBERNETES_VERSION: &str = "v1.36.0";
/// The taint that goes with `spec.unschedulable`.
const CORDON_TAINT: &str = "node.kubernetes.io/unschedulable";

pub(super) fn sync<M: Machine>(control: &Control<M>) -> Result<(), StoreError> {
    let store = &control.store;
    let asked = *control.node_count.borrow();
    let wanted = asked.unwrap_or_else(|| largest_set(store));
    for number in 1..=wanted {
        let name = format!("node-{number}");
        if store.get(&Key::new(Kind::Node, "", &name)).is_none() {
            store.create(node(&name))?;
            let status = status(&name, control);
            store.modify(&Key::new(Kind::Node, "", &name), |node| node["status"] = status)?;
        }
    }
    if asked.is_some() {
        remove_idle(store, wanted)?;
    }
    Ok(())
}

fn largest_set(store: &Store) -> u32 {
    let replicas = |set: &Value| set.number("/spec/replicas").and_then(|count| u32::try_from(count).ok());
    store.list(Kind::StatefulSet, None).iter().filter_map(|set| replicas(set)).max().unwrap_or(1).max(1)
}

/// Nodes beyond the asked number go as soon as no pod is on them.
fn remove_idle(store: &Store, wanted: u32) -> Result<(), StoreError> {
    let pods = store.list(Kind::Pod, None);
    for node in store.list(Kind::Node, None) {
        let number = node.name().strip_prefix("node-").and_then(|number| number.parse::<u32>().ok());
        let is_idle = !pods.iter().any(|pod| pod.text("/spec/nodeName") == node.name());
        if number.is_some_and(|number| number > wanted) && is_idle {
            store.delete(&Key::new(Kind::Node, "", node.name()), &Deletion::default())?;
        }
    }
    Ok(())
}

fn node(name: &str) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": {
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
                "kubernetes.io/arch": architecture(),
            },
        },
        "spec": {},
    })
}

fn status<M: Machine>(name: &str, control: &Control<M>) -> Value {
    let NodeFacts { processors, memory_kib, kernel, runtime, .. } = &control.nodes;
    let room = json!({ "cpu": processors.to_string(), "memory": format!("{memory_kib}Ki"), "pods": PODS_MAX });
    let now = control.store.clock().stamp();
    json!({
        "addresses": [
            { "type": "InternalIP", "address": control.machine.gateway().to_string() },
            { "type": "Hostname", "address": name },
        ],
        "capacity": room,
        "allocatable": room,
        "conditions": [{
            "type": "Ready", "status": "True", "reason": "KubeletReady", "message": "a virtual node of this machine",
            "lastTransitionTime": now, "lastHeartbeatTime": now,
        }],
        "nodeInfo": {
            "kubeletVersion": KUBERNETES_VERSION, "containerRuntimeVersion": runtime, "kernelVersion": kernel, "osImage": "Linux",
            "operatingSystem": "linux", "architecture": architecture(), "machineID": "", "systemUUID": "", "bootID": "",
            "kubeProxyVersion": "",
        },
    })
}

fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

/// Closes a node to new pods, or opens it again. Pods on it stay.
pub fn cordon(store: &Store, name: &str, is_closed: bool) -> Result<(), StoreError> {
    store.modify(&Key::new(Kind::Node, "", name), |node| {
        let mut taints: Vec<Value> = node.list("/spec/taints").to_vec();
        taints.retain(|taint| taint["key"] != CORDON_TAINT);
        let spec = crate::object::map_at(node, "spec");
        if is_closed {
            taints.push(json!({ "key": CORDON_TAINT, "effect": "NoSchedule" }));
            spec.insert("unschedulable".into(), true.into());
        } else {
            spec.remove("unschedulable");
        }
        if taints.is_empty() {
            spec.remove("taints");
        } else {
            spec.insert("taints".into(), taints.into());
        }
    })?;
    Ok(())
}
