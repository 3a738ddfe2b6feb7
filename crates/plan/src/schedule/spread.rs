//! Pods that must be spread evenly over places (`topologySpreadConstraints` with `DoNotSchedule`).

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Node, Pod, TopologySpreadConstraint};
use proconsul_manifest::selector;

use super::{Cluster, Refusal, node};
use crate::pod;

pub(super) fn is_even(pod: &Pod, node: &Node, cluster: Cluster<'_>) -> Vec<Refusal> {
    let constraints = pod::spec(pod).and_then(|spec| spec.topology_spread_constraints.as_deref()).unwrap_or_default();
    for constraint in constraints.iter().filter(|constraint| constraint.when_unsatisfiable == "DoNotSchedule") {
        let Some(place) = node::labels(node).get(&constraint.topology_key) else {
            let reason = "node(s) didn't match pod topology spread constraints (missing required label)";
            return vec![Refusal::firm(reason)];
        };
        let counts = counts(pod, constraint, cluster);
        let is_eligible = i32::try_from(counts.len()).unwrap_or(i32::MAX) >= constraint.min_domains.unwrap_or(1);
        let least = if is_eligible { counts.values().min().copied().unwrap_or(0) } else { 0 };
        let own = i32::from(picks(constraint, pod));
        if counts.get(place).copied().unwrap_or(0) + own - least > constraint.max_skew {
            return vec![Refusal::crowded("node(s) didn't match pod topology spread constraints")];
        }
    }
    Vec::new()
}

/// How many pods of the constraint each place has, empty places included.
fn counts<'a>(pod: &Pod, constraint: &TopologySpreadConstraint, cluster: Cluster<'a>) -> BTreeMap<&'a String, i32> {
    let mut counts = BTreeMap::new();
    for node in cluster.nodes {
        let Some(place) = node::labels(node).get(&constraint.topology_key) else { continue };
        let is_counted = |other: &&Pod| {
            pod::namespace(other) == pod::namespace(pod) && !pod::is_terminating(other) && picks(constraint, other)
        };
        let found = cluster.on(node::name(node)).filter(is_counted).count();
        *counts.entry(place).or_insert(0) += i32::try_from(found).unwrap_or(i32::MAX);
    }
    counts
}

fn picks(constraint: &TopologySpreadConstraint, pod: &Pod) -> bool {
    constraint.label_selector.as_ref().is_some_and(|wanted| selector::matches(wanted, pod::labels(pod)))
}
