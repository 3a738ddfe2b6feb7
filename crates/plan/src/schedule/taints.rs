//! Taints of nodes and tolerations of pods.

use k8s_openapi::api::core::v1::{Node, Pod};

use super::node::CORDON;
use super::{Cluster, Refusal};
use crate::pod;

pub(super) fn are_tolerated(pod: &Pod, node: &Node, _: Cluster<'_>) -> Vec<Refusal> {
    let taints = node.spec.as_ref().and_then(|spec| spec.taints.as_deref()).unwrap_or_default();
    // A cordon has a rule of its own, with a clearer message.
    let repels = taints.iter().filter(|taint| taint.effect != "PreferNoSchedule" && taint.key != CORDON);
    let untolerated = repels
        .filter(|taint| !tolerates(pod, &taint.key, taint.value.as_deref().unwrap_or_default(), &taint.effect))
        .count();
    if untolerated > 0 { vec![Refusal::firm("node(s) had untolerated taint(s)")] } else { Vec::new() }
}

/// Whether one of the pod's tolerations covers a taint. An empty key covers all keys, an empty effect all effects.
pub(super) fn tolerates(pod: &Pod, key: &str, value: &str, effect: &str) -> bool {
    let tolerations = pod::spec(pod).and_then(|spec| spec.tolerations.as_deref()).unwrap_or_default();
    tolerations.iter().any(|toleration| {
        let is = |field: &Option<String>, wanted: &str| {
            field.as_deref().is_none_or(|text| text.is_empty() || text == wanted)
        };
        let has_value = match toleration.operator.as_deref() {
            Some("Exists") => true,
            _ => toleration.value.as_deref().unwrap_or_default() == value,
        };
        is(&toleration.effect, effect) && is(&toleration.key, key) && has_value
    })
}
