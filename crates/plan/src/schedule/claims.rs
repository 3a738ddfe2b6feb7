//! The storage a pod claims: it must be bound before the pod is placed, and reachable from the node.

use k8s_openapi::api::core::v1::{Node, PersistentVolumeClaim, Pod};

use super::{Cluster, Refusal, node};
use crate::pod;

/// Why no node can take the pod, as long as its claims are as they are.
pub(super) fn are_ready(pod: &Pod, cluster: Cluster<'_>) -> Option<String> {
    let mut is_unbound = false;
    for name in pod::claims(pod) {
        let Some(claim) = find(pod, name, cluster) else {
            return Some(format!("persistentvolumeclaim \"{name}\" not found"));
        };
        if claim.metadata.deletion_timestamp.is_some() {
            return Some(format!("persistentvolumeclaim \"{name}\" is being deleted"));
        }
        match volume_name(claim) {
            Some(volume) if !cluster.volumes.iter().any(|found| found.metadata.name.as_deref() == Some(volume)) => {
                return Some(format!(
                    "persistentvolumeclaim \"{name}\" bound to non-existent persistentvolume \"{volume}\""
                ));
            }
            Some(_) if claim.status.as_ref().and_then(|status| status.phase.as_deref()) == Some("Bound") => {}
            _ => is_unbound = true,
        }
    }
    is_unbound.then(|| "pod has unbound immediate PersistentVolumeClaims".to_owned())
}

/// Whether the node can reach the volumes, and no other pod has a claim for itself.
pub(super) fn fit_node(pod: &Pod, node: &Node, cluster: Cluster<'_>) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    for claim in pod::claims(pod).filter_map(|name| find(pod, name, cluster)) {
        let modes = claim.spec.as_ref().and_then(|spec| spec.access_modes.as_deref()).unwrap_or_default();
        let is_exclusive = modes.iter().any(|mode| mode == "ReadWriteOncePod");
        let shares = |other: &Pod| pod::claims(other).any(|name| claim.metadata.name.as_deref() == Some(name));
        let is_other =
            |other: &&Pod| other.metadata.uid != pod.metadata.uid && pod::namespace(other) == pod::namespace(pod);
        if is_exclusive && cluster.placed().filter(is_other).any(shares) {
            refusals.push(Refusal::crowded(
                "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode",
            ));
        }
        let volume = cluster.volumes.iter().find(|volume| volume.metadata.name.as_deref() == volume_name(claim));
        let required = volume.and_then(|volume| volume.spec.as_ref()?.node_affinity.as_ref()?.required.as_ref());
        if required.is_some_and(|required| !node::fits(required, node)) {
            refusals.push(Refusal::firm("node(s) didn't match PersistentVolume's node affinity"));
        }
    }
    refusals
}

fn find<'a>(pod: &Pod, name: &str, cluster: Cluster<'a>) -> Option<&'a PersistentVolumeClaim> {
    cluster.claims.iter().find(|claim| {
        claim.metadata.name.as_deref() == Some(name)
            && claim.metadata.namespace.as_deref().unwrap_or("default") == pod::namespace(pod)
    })
}

fn volume_name(claim: &PersistentVolumeClaim) -> Option<&str> {
    claim.spec.as_ref()?.volume_name.as_deref().filter(|name| !name.is_empty())
}
