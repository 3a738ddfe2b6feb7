//! Pods that want to be near others, or far from them.

use k8s_openapi::api::core::v1::{Node, Pod, PodAffinityTerm};
use proconsul_manifest::selector;

use super::{Cluster, Refusal, node};
use crate::pod;

pub(super) fn fits(pod: &Pod, node: &Node, cluster: Cluster<'_>) -> Vec<Refusal> {
    if near(pod).iter().any(|term| !is_near(pod, term, node, cluster)) {
        return vec![Refusal::firm("node(s) didn't match pod affinity rules")];
    }
    if far(pod).iter().any(|term| cluster.placed().any(|other| is_together(pod, term, other, node, cluster))) {
        return vec![Refusal::crowded("node(s) didn't match pod anti-affinity rules")];
    }
    // Rules hold both ways: a pod that is there may not want this one.
    let unwelcome = |other: &Pod| {
        far(other).iter().any(|term| picks(other, term, pod) && same_place(other, node, &term.topology_key, cluster))
    };
    if cluster.placed().any(unwelcome) {
        return vec![Refusal::crowded("node(s) didn't satisfy existing pods anti-affinity rules")];
    }
    Vec::new()
}

fn near(pod: &Pod) -> &[PodAffinityTerm] {
    let affinity = pod::spec(pod).and_then(|spec| spec.affinity.as_ref()?.pod_affinity.as_ref());
    affinity.and_then(|rule| rule.required_during_scheduling_ignored_during_execution.as_deref()).unwrap_or_default()
}

fn far(pod: &Pod) -> &[PodAffinityTerm] {
    let affinity = pod::spec(pod).and_then(|spec| spec.affinity.as_ref()?.pod_anti_affinity.as_ref());
    affinity.and_then(|rule| rule.required_during_scheduling_ignored_during_execution.as_deref()).unwrap_or_default()
}

/// A pod that asks for company of its own kind may be the first of it.
fn is_near(pod: &Pod, term: &PodAffinityTerm, node: &Node, cluster: Cluster<'_>) -> bool {
    if !node::labels(node).contains_key(&term.topology_key) {
        return false;
    }
    let is_first = picks(pod, term, pod) && !cluster.placed().any(|other| picks(pod, term, other));
    is_first || cluster.placed().any(|other| is_together(pod, term, other, node, cluster))
}

/// Whether another pod is one the term speaks of, and is in the same place as the node.
pub(super) fn is_together(pod: &Pod, term: &PodAffinityTerm, other: &Pod, node: &Node, cluster: Cluster<'_>) -> bool {
    picks(pod, term, other) && same_place(other, node, &term.topology_key, cluster)
}

/// Whether a term of `owner` speaks of `other`: no selector picks nothing, an empty one everything.
fn picks(owner: &Pod, term: &PodAffinityTerm, other: &Pod) -> bool {
    let namespaces = term.namespaces.as_deref().unwrap_or_default();
    let is_in_namespace = match &term.namespace_selector {
        None if namespaces.is_empty() => pod::namespace(owner) == pod::namespace(other),
        // The one namespace property known here is its name, which is also the label every namespace bears.
        Some(wanted) => {
            let name = pod::namespace(other).to_owned();
            let labels = [("kubernetes.io/metadata.name".to_owned(), name.clone())].into();
            selector::matches(wanted, &labels) || namespaces.contains(&name)
        }
        None => namespaces.iter().any(|name| name == pod::namespace(other)),
    };
    let keys_fit = |keys: &Option<Vec<String>>, same: bool| {
        keys.iter()
            .flatten()
            .filter_map(|key| Some((key, pod::labels(owner).get(key)?)))
            .all(|(key, value)| (pod::labels(other).get(key) == Some(value)) == same)
    };
    is_in_namespace
        && term.label_selector.as_ref().is_some_and(|wanted| selector::matches(wanted, pod::labels(other)))
        && keys_fit(&term.match_label_keys, true)
        && keys_fit(&term.mismatch_label_keys, false)
}

/// Whether a placed pod is on a node with the same value of a label; nodes without the label are nowhere.
fn same_place(other: &Pod, node: &Node, key: &str, cluster: Cluster<'_>) -> bool {
    let place = node::labels(node).get(key);
    let there = pod::node(other).and_then(|name| cluster.node(name)).and_then(|node| node::labels(node).get(key));
    place.is_some() && place == there
}
