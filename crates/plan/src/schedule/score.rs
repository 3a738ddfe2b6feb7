//! Which of the nodes that will do is best: what the pod prefers, then away from its siblings, then where least runs, then by name.

use std::cmp::Reverse;

use k8s_openapi::api::core::v1::{Node, Pod};

use super::{Cluster, affinity, node};
use crate::pod;

pub(super) fn best(pod: &Pod, fitting: &[&Node], cluster: Cluster<'_>) -> Option<String> {
    let key = |node: &&Node| {
        let name = node::name(node);
        let siblings = cluster.on(name).filter(|other| is_sibling(pod, other)).count();
        // Names that end in numbers stand in the order of the numbers: node-2 before node-10.
        (Reverse(preference(pod, node, cluster)), siblings, cluster.on(name).count(), name.len(), name.to_owned())
    };
    fitting.iter().copied().min_by_key(key).map(|node| node::name(node).to_owned())
}

fn is_sibling(pod: &Pod, other: &Pod) -> bool {
    let owner = |pod: &Pod| pod::controller(&pod.metadata).map(|owner| owner.uid.clone());
    let own = owner(pod);
    own.is_some() && own == owner(other)
}

/// The weights of all preferences the node fits; those against company count below zero. Taints to be avoided count as much as
/// the strongest preference.
fn preference(pod: &Pod, node: &Node, cluster: Cluster<'_>) -> i64 {
    let affinity = pod::spec(pod).and_then(|spec| spec.affinity.as_ref());
    let mut sum = 0;
    let own = affinity.and_then(|affinity| affinity.node_affinity.as_ref());
    let terms =
        own.and_then(|own| own.preferred_during_scheduling_ignored_during_execution.as_deref()).unwrap_or_default();
    for term in terms.iter().filter(|term| node::fits_term(&term.preference, node)) {
        sum += i64::from(term.weight);
    }
    let near = affinity.and_then(|affinity| affinity.pod_affinity.as_ref());
    let near = near.and_then(|near| near.preferred_during_scheduling_ignored_during_execution.as_deref());
    let far = affinity.and_then(|affinity| affinity.pod_anti_affinity.as_ref());
    let far = far.and_then(|far| far.preferred_during_scheduling_ignored_during_execution.as_deref());
    for (terms, sign) in [(near, 1), (far, -1)] {
        for term in terms.unwrap_or_default() {
            let others = cluster.placed();
            let found = others
                .filter(|other| affinity::is_together(pod, &term.pod_affinity_term, other, node, cluster))
                .count();
            sum += sign * i64::from(term.weight) * i64::try_from(found).unwrap_or(i64::MAX);
        }
    }
    let taints = node.spec.as_ref().and_then(|spec| spec.taints.as_deref()).unwrap_or_default();
    let avoided = taints.iter().filter(|taint| taint.effect == "PreferNoSchedule");
    let avoided = avoided.filter(|taint| {
        !super::taints::tolerates(pod, &taint.key, taint.value.as_deref().unwrap_or_default(), &taint.effect)
    });
    sum - 100 * i64::try_from(avoided.count()).unwrap_or(i64::MAX)
}
