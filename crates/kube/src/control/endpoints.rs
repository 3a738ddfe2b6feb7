//! Endpoints objects: which addresses stand behind each service now. DNS and the proxy read nothing else.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::control::Control;
use crate::kind::Kind;
use crate::machine::Machine;
use crate::object::{Fields, Key, Object};
use crate::store::{Deletion, Store, StoreError};

pub(super) fn sync<M: Machine>(control: &Control<M>) -> Result<(), StoreError> {
    let store = &control.store;
    let pods = store.list(Kind::Pod, None);
    for service in store.list(Kind::Service, None) {
        if service.pointer("/spec/selector").and_then(Value::as_object).is_some_and(|selector| !selector.is_empty()) {
            write(store, &service, subsets(&service, &pods))?;
        }
    }
    for endpoints in store.list(Kind::Endpoints, None) {
        let service = Key::new(Kind::Service, endpoints.namespace(), endpoints.name());
        if let Some(key) = Key::of(&endpoints).filter(|_| store.get(&service).is_none()) {
            store.delete(&key, &Deletion::default())?;
        }
    }
    Ok(())
}

fn write(store: &Store, service: &Value, subsets: Value) -> Result<(), StoreError> {
    let key = Key::new(Kind::Endpoints, service.namespace(), service.name());
    if store.get(&key).is_some() {
        store.modify(&key, |endpoints| endpoints["subsets"] = subsets)?;
    } else {
        store.create(json!({
            "apiVersion": "v1",
            "kind": "Endpoints",
            "metadata": { "name": service.name(), "namespace": service.namespace() },
            "subsets": subsets,
        }))?;
    }
    Ok(())
}

/// The pods behind a service, grouped by the ports they answer on: a named target port may differ from pod to pod.
fn subsets(service: &Value, pods: &[Object]) -> Value {
    let mut groups: Vec<(Value, Vec<Value>, Vec<Value>)> = Vec::new();
    for pod in pods.iter().filter(|pod| is_behind(service, pod)) {
        let ports = ports(service, pod);
        let place = groups.iter().position(|(known, ..)| *known == ports).unwrap_or_else(|| {
            groups.push((ports, Vec::new(), Vec::new()));
            groups.len() - 1
        });
        let (_, ready, unready) = &mut groups[place];
        let list = if counts_as_ready(service, pod) { ready } else { unready };
        list.push(address(service, pod));
    }
    let subset = |(ports, ready, unready): (Value, Vec<Value>, Vec<Value>)| {
        let mut subset = json!({});
        for (key, list) in [("addresses", ready.into()), ("notReadyAddresses", unready.into()), ("ports", ports)] {
            if list != json!([]) {
                subset[key] = list;
            }
        }
        subset
    };
    groups.into_iter().map(subset).collect()
}

fn is_behind(service: &Value, pod: &Arc<Value>) -> bool {
    let selector = service.pointer("/spec/selector").and_then(Value::as_object);
    let is_selected = selector.is_some_and(|selector| {
        selector.iter().all(|(key, value)| pod.label(key).is_some_and(|label| Some(label) == value.as_str()))
    });
    let is_over = matches!(pod.text("/status/phase"), "Succeeded" | "Failed");
    let is_published = service.pointer("/spec/publishNotReadyAddresses") == Some(&Value::Bool(true));
    pod.namespace() == service.namespace()
        && is_selected
        && !is_over
        && !pod.text("/status/podIP").is_empty()
        && (is_published || !pod.is_deleting())
}

fn counts_as_ready(service: &Value, pod: &Value) -> bool {
    let is_ready = pod.list("/status/conditions").iter().any(|one| one["type"] == "Ready" && one["status"] == "True");
    is_ready || service.pointer("/spec/publishNotReadyAddresses") == Some(&Value::Bool(true))
}

fn address(service: &Value, pod: &Value) -> Value {
    let mut address = json!({
        "ip": pod.text("/status/podIP"),
        "nodeName": pod.text("/spec/nodeName"),
        "targetRef": { "kind": "Pod", "namespace": pod.namespace(), "name": pod.name(), "uid": pod.uid() },
    });
    let hostname = pod.text("/spec/hostname");
    if !hostname.is_empty() && pod.text("/spec/subdomain") == service.name() {
        address["hostname"] = hostname.into();
    }
    address
}

/// The service's ports as this pod has them; a named target port that the pod lacks is left out.
fn ports(service: &Value, pod: &Value) -> Value {
    let resolve = |port: &Value| {
        let protocol = match port.text("/protocol") {
            "" => "TCP",
            protocol => protocol,
        };
        let number = match &port["targetPort"] {
            Value::String(name) => named_port(pod, name, protocol)?,
            Value::Number(number) => number.as_i64()?,
            _ => port.number("/port")?,
        };
        let mut resolved = json!({ "port": number, "protocol": protocol });
        if let Some(name) = port["name"].as_str() {
            resolved["name"] = name.into();
        }
        Some(resolved)
    };
    service.list("/spec/ports").iter().filter_map(resolve).collect()
}

fn named_port(pod: &Value, name: &str, protocol: &str) -> Option<i64> {
    let ports = pod.list("/spec/containers").iter().flat_map(|container| container.list("/ports"));
    let is_meant = |port: &&Value| {
        port["name"] == name && (port["protocol"] == protocol || (protocol == "TCP" && port["protocol"].is_null()))
    };
    ports.into_iter().find(is_meant)?.number("/containerPort")
}
