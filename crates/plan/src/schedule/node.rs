//! What a node is and what a pod asks of it: cordon, name, selector, node affinity.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Node, NodeSelector, NodeSelectorTerm, Pod};
use proconsul_manifest::selector;

use super::{Cluster, Refusal};
use crate::pod;

/// The taint that a cordoned node carries.
pub(super) const CORDON: &str = "node.kubernetes.io/unschedulable";

pub(super) fn is_cordoned(pod: &Pod, node: &Node, _: Cluster<'_>) -> Vec<Refusal> {
    let is_cordoned = node.spec.as_ref().and_then(|spec| spec.unschedulable) == Some(true);
    let tolerated = super::taints::tolerates(pod, CORDON, "", "NoSchedule");
    if is_cordoned && !tolerated { vec![Refusal::firm("node(s) were unschedulable")] } else { Vec::new() }
}

pub(super) fn is_named(pod: &Pod, node: &Node, _: Cluster<'_>) -> Vec<Refusal> {
    match pod::node(pod) {
        Some(wanted) if wanted != name(node) => vec![Refusal::firm("node(s) didn't match the requested node name")],
        _ => Vec::new(),
    }
}

pub(super) fn is_selected(pod: &Pod, node: &Node, _: Cluster<'_>) -> Vec<Refusal> {
    let Some(spec) = pod::spec(pod) else { return Vec::new() };
    let labels = labels(node);
    let pairs = spec.node_selector.iter().flatten().all(|(key, value)| labels.get(key) == Some(value));
    let affinity = spec.affinity.as_ref().and_then(|affinity| affinity.node_affinity.as_ref());
    let required = affinity.and_then(|affinity| affinity.required_during_scheduling_ignored_during_execution.as_ref());
    if pairs && required.is_none_or(|required| fits(required, node)) {
        return Vec::new();
    }
    vec![Refusal::firm("node(s) didn't match Pod's node affinity/selector")]
}

/// Terms are alternatives; what is in a term must all fit.
pub(super) fn fits(required: &NodeSelector, node: &Node) -> bool {
    required.node_selector_terms.iter().any(|term| fits_term(term, node))
}

/// An empty term fits no node.
pub(super) fn fits_term(term: &NodeSelectorTerm, node: &Node) -> bool {
    let (expressions, fields) = (term.match_expressions.as_deref(), term.match_fields.as_deref());
    let (expressions, fields) = (expressions.unwrap_or_default(), fields.unwrap_or_default());
    let label = |key: &str| labels(node).get(key).map(String::as_str);
    let field = |key: &str| (key == "metadata.name").then(|| name(node));
    (!expressions.is_empty() || !fields.is_empty())
        && expressions.iter().all(|wanted| {
            selector::fits(&wanted.operator, wanted.values.as_deref().unwrap_or_default(), label(&wanted.key))
        })
        && fields.iter().all(|wanted| {
            selector::fits(&wanted.operator, wanted.values.as_deref().unwrap_or_default(), field(&wanted.key))
        })
}

pub(super) fn name(node: &Node) -> &str {
    node.metadata.name.as_deref().unwrap_or_default()
}

pub(super) fn labels(node: &Node) -> &BTreeMap<String, String> {
    static NONE: BTreeMap<String, String> = BTreeMap::new();
    node.metadata.labels.as_ref().unwrap_or(&NONE)
}
