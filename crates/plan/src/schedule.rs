//! Which node a pod runs on: filters say where it may, scores say where it is best. One rule per file.
//!
//! Messages are those of Kubernetes' scheduler, since people search for them.

mod affinity;
mod claims;
mod node;
mod ports;
mod resources;
mod score;
mod spread;
mod taints;

use std::collections::BTreeMap;
use std::fmt;

use k8s_openapi::api::core::v1::{Node, PersistentVolume, PersistentVolumeClaim, Pod};

use crate::pod;

/// What there is.
#[derive(Clone, Copy, Debug)]
pub struct Cluster<'a> {
    /// The (virtual) nodes.
    pub nodes: &'a [Node],
    /// All pods, those without a node included.
    pub pods: &'a [Pod],
    /// Claims.
    pub claims: &'a [PersistentVolumeClaim],
    /// Volumes.
    pub volumes: &'a [PersistentVolume],
}

impl<'a> Cluster<'a> {
    /// The pods on a node that still need it: all that have not ended; terminating ones count until they are gone.
    fn on(self, node: &'a str) -> impl Iterator<Item = &'a Pod> {
        self.placed().filter(move |found| pod::node(found) == Some(node))
    }

    fn placed(self) -> impl Iterator<Item = &'a Pod> {
        self.pods.iter().filter(|found| pod::node(found).is_some() && !pod::is_over(found))
    }

    fn node(self, name: &str) -> Option<&'a Node> {
        self.nodes.iter().find(|node| node.metadata.name.as_deref() == Some(name))
    }
}

/// Why one node will not do.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Refusal {
    /// In the scheduler's words, without a count.
    reason: String,
    /// Whether the pod could run here if others left.
    is_resolvable: bool,
}

impl Refusal {
    fn firm(reason: &str) -> Self {
        Self { reason: reason.to_owned(), is_resolvable: false }
    }

    fn crowded(reason: &str) -> Self {
        Self { reason: reason.to_owned(), is_resolvable: true }
    }
}

/// Why no node will do. Its text is the message of the event `FailedScheduling` and of the condition `PodScheduled`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unschedulable {
    nodes: usize,
    reasons: Reasons,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Reasons {
    /// One that holds for all nodes.
    Whole(String),
    /// Counted by node: text, and whether the node could be freed.
    Each(Vec<Refusal>),
}

type Filter = fn(&Pod, &Node, Cluster<'_>) -> Vec<Refusal>;

/// The filters, in the order of Kubernetes' plugins; the first that refuses a node says why.
const FILTERS: [Filter; 9] = [
    node::is_cordoned,
    node::is_named,
    taints::are_tolerated,
    node::is_selected,
    ports::are_free,
    resources::suffice,
    claims::fit_node,
    spread::is_even,
    affinity::fits,
];

/// The node for a pod.
///
/// # Errors
/// When there is none, why not.
pub fn schedule(pod: &Pod, cluster: Cluster<'_>) -> Result<String, Unschedulable> {
    let nodes = cluster.nodes.len();
    if nodes == 0 {
        return Err(Unschedulable { nodes, reasons: Reasons::Each(Vec::new()) });
    }
    if let Some(reason) = claims::are_ready(pod, cluster) {
        return Err(Unschedulable { nodes, reasons: Reasons::Whole(reason) });
    }
    let mut fitting = Vec::new();
    let mut refusals = Vec::new();
    for node in cluster.nodes {
        match FILTERS.iter().map(|filter| filter(pod, node, cluster)).find(|refusals| !refusals.is_empty()) {
            Some(found) => refusals.extend(found),
            None => fitting.push(node),
        }
    }
    score::best(pod, &fitting, cluster).ok_or(Unschedulable { nodes, reasons: Reasons::Each(refusals) })
}

impl fmt::Display for Unschedulable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nodes = self.nodes;
        if nodes == 0 {
            return f.write_str("no nodes available to schedule pods");
        }
        write!(f, "0/{nodes} nodes are available: ")?;
        let freed = |is_resolvable: bool| match is_resolvable {
            true => "No preemption victims found for incoming pod",
            false => "Preemption is not helpful for scheduling",
        };
        let preemption = match &self.reasons {
            Reasons::Whole(reason) => {
                f.write_str(reason)?;
                format!("{nodes} {}", freed(false))
            }
            Reasons::Each(refusals) => {
                f.write_str(&counted(refusals.iter().map(|refusal| refusal.reason.as_str())))?;
                counted(refusals.iter().map(|refusal| freed(refusal.is_resolvable)))
            }
        };
        write!(f, ". no new claims to deallocate, preemption: 0/{nodes} nodes are available: {preemption}.")
    }
}

/// `2 this, 1 that`, sorted as texts, as the scheduler does.
fn counted<'a>(reasons: impl Iterator<Item = &'a str>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for reason in reasons {
        *counts.entry(reason).or_default() += 1;
    }
    let mut texts: Vec<String> = counts.into_iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    texts.sort();
    texts.join(", ")
}

#[cfg(test)]
mod tests;
