//! Gives pods their node, as `plan::schedule` says, or says why there is none.

use proconsul_plan::schedule::{self, Cluster};
use serde_json::{Value, json};

use crate::control::{Control, typed};
use crate::events::Happening;
use crate::kind::Kind;
use crate::machine::Machine;
use crate::object::{Fields, Key, Object};
use crate::store::StoreError;

/// The scheduler whose pods these are.
const SCHEDULER: &str = "default-scheduler";

pub(super) fn sync<M: Machine>(control: &Control<M>) -> Result<(), StoreError> {
    for pod in control.store.list(Kind::Pod, None) {
        let named = pod.text("/spec/schedulerName");
        let is_ours = named.is_empty() || named == SCHEDULER;
        if is_ours && pod.text("/spec/nodeName").is_empty() && !pod.is_deleting() {
            place(control, &pod)?;
        }
    }
    Ok(())
}

/// One pod at a time, each seeing where the one before it went.
fn place<M: Machine>(control: &Control<M>, object: &Object) -> Result<(), StoreError> {
    let (Some(pod), Some(key)) = (typed(object), Key::of(object)) else { return Ok(()) };
    let (nodes, pods) = (control.typed(Kind::Node), control.typed(Kind::Pod));
    let (claims, volumes) = (control.typed(Kind::PersistentVolumeClaim), control.typed(Kind::PersistentVolume));
    let cluster = Cluster { nodes: &nodes, pods: &pods, claims: &claims, volumes: &volumes };
    let now = control.store.clock().stamp();
    match schedule::schedule(&pod, cluster) {
        Ok(node) => {
            let placed = control.store.modify(&key, |pod| {
                pod["spec"]["nodeName"] = node.clone().into();
                set_scheduled(pod, json!({ "type": "PodScheduled", "status": "True", "lastTransitionTime": now }));
            })?;
            let message = format!("Successfully assigned {}/{} to {node}", object.namespace(), object.name());
            control.recorder(SCHEDULER).record(&placed, &Happening::normal("Scheduled", message));
        }
        Err(reason) => {
            let message = reason.to_string();
            let known = object.list("/status/conditions").iter().find(|one| one["type"] == "PodScheduled");
            if known.is_none_or(|known| known["message"] != message) {
                control.store.modify(&key, |pod| {
                    let condition = json!({
                        "type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message,
                        "lastTransitionTime": now,
                    });
                    set_scheduled(pod, condition);
                })?;
            }
            control.say_once(SCHEDULER, object, &Happening::warning("FailedScheduling", message));
        }
    }
    Ok(())
}

fn set_scheduled(pod: &mut Value, condition: Value) {
    let mut conditions = pod.list("/status/conditions").to_vec();
    conditions.retain(|known| known["type"] != "PodScheduled");
    conditions.push(condition);
    crate::object::map_at(pod, "status").insert("conditions".into(), conditions.into());
}
