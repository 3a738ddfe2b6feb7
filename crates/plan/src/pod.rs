//! Questions about one pod that several decisions ask. Knows no controller.

use std::collections::BTreeMap;
use std::time::Duration;

use k8s_openapi::api::core::v1::{Pod, PodCondition, PodSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use k8s_openapi::jiff::Timestamp;

/// `status.phase`, `Pending` when there is none yet.
pub fn phase(pod: &Pod) -> &str {
    pod.status.as_ref().and_then(|status| status.phase.as_deref()).unwrap_or("Pending")
}

/// Whether all containers have ended for good.
pub fn is_over(pod: &Pod) -> bool {
    matches!(phase(pod), "Failed" | "Succeeded")
}

/// Whether it is being deleted.
pub fn is_terminating(pod: &Pod) -> bool {
    pod.metadata.deletion_timestamp.is_some()
}

/// A condition of its status.
pub fn condition<'a>(pod: &'a Pod, name: &str) -> Option<&'a PodCondition> {
    pod.status.as_ref()?.conditions.as_ref()?.iter().find(|condition| condition.type_ == name)
}

/// Whether it runs and is ready, as StatefulSets count it.
pub fn is_ready(pod: &Pod) -> bool {
    phase(pod) == "Running" && condition(pod, "Ready").is_some_and(|ready| ready.status == "True")
}

/// When a pod that is ready becomes available: after `min_ready` of being ready without a break. `None` while it is not ready.
pub fn available_at(pod: &Pod, min_ready: Duration) -> Option<Timestamp> {
    if !is_ready(pod) {
        return None;
    }
    let since = condition(pod, "Ready")?.last_transition_time.as_ref().map_or(Timestamp::MIN, |time| time.0);
    since.checked_add(min_ready).ok()
}

/// The node it runs on, once that is decided.
pub fn node(pod: &Pod) -> Option<&str> {
    spec(pod)?.node_name.as_deref().filter(|node| !node.is_empty())
}

/// `metadata.name`.
pub fn name(pod: &Pod) -> &str {
    pod.metadata.name.as_deref().unwrap_or_default()
}

/// `metadata.namespace`.
pub fn namespace(pod: &Pod) -> &str {
    pod.metadata.namespace.as_deref().unwrap_or("default")
}

/// Its labels; an empty map when it has none.
pub fn labels(pod: &Pod) -> &BTreeMap<String, String> {
    static NONE: BTreeMap<String, String> = BTreeMap::new();
    pod.metadata.labels.as_ref().unwrap_or(&NONE)
}

/// Its specification, which every stored pod has.
pub fn spec(pod: &Pod) -> Option<&PodSpec> {
    pod.spec.as_ref()
}

/// The owner that controls an object.
pub fn controller(metadata: &ObjectMeta) -> Option<&OwnerReference> {
    metadata.owner_references.as_ref()?.iter().find(|owner| owner.controller == Some(true))
}

/// The claims its volumes name.
pub fn claims(pod: &Pod) -> impl Iterator<Item = &str> {
    let volumes = spec(pod).and_then(|spec| spec.volumes.as_deref()).unwrap_or_default();
    volumes.iter().filter_map(|volume| Some(volume.persistent_volume_claim.as_ref()?.claim_name.as_str()))
}
