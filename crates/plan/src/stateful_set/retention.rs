//! Who owns the claims of a set (`persistentVolumeClaimRetentionPolicy`). A claim goes when its last owner goes; without an owner
//! it stays for good.

use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{PersistentVolumeClaim, Pod};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;

use super::identity::{self, ordinal, pod_name, set_name};
use super::{Action, Seen};
use crate::pod;

/// The owners to be written, for all claims of the set whose owners are not what the policy says.
pub(super) fn changes(set: &StatefulSet, pods: &[Pod], condemned: &[&Pod], seen: &Seen<'_>) -> Vec<Action> {
    let near = seen.claims.iter().filter(|claim| claim.metadata.namespace == set.metadata.namespace);
    near.filter_map(|claim| changed(set, claim, pods, condemned))
        .map(|claim| Action::UpdateClaim(Box::new(claim)))
        .collect()
}

/// Whether a claim still belongs to a pod that is gone, so that it is about to go too.
pub(super) fn is_stale(claim: &PersistentVolumeClaim) -> bool {
    claim.metadata.owner_references.iter().flatten().any(|owner| owner.kind == "Pod")
}

fn changed(
    set: &StatefulSet,
    claim: &PersistentVolumeClaim,
    pods: &[Pod],
    condemned: &[&Pod],
) -> Option<PersistentVolumeClaim> {
    let ordinal = ordinal_of(set, claim)?;
    let name = pod_name(set_name(set), ordinal);
    let holder = pods.iter().find(|found| pod::name(found) == name)?;
    let is_own = |owner: &OwnerReference| {
        Some(&owner.uid) == set.metadata.uid.as_ref() || (owner.kind == "Pod" && owner.name == name)
    };
    // Someone else decides about a claim that has a controller of its own.
    if pod::controller(&claim.metadata).is_some_and(|owner| !is_own(owner)) {
        return None;
    }
    let before = claim.metadata.owner_references.clone().unwrap_or_default();
    let mut owners: Vec<OwnerReference> = before.iter().filter(|owner| !is_own(owner)).cloned().collect();
    let is_condemned = condemned.iter().any(|found| pod::name(found) == name);
    owners.extend(wanted(set, holder, is_condemned));
    if owners == before {
        return None;
    }
    let mut changed = claim.clone();
    changed.metadata.owner_references = Some(owners);
    Some(changed)
}

fn wanted(set: &StatefulSet, holder: &Pod, is_condemned: bool) -> Option<OwnerReference> {
    let policy = set.spec.as_ref()?.persistent_volume_claim_retention_policy.as_ref();
    let deletes = |when: Option<&String>| when.is_some_and(|when| when == "Delete");
    let when_scaled = deletes(policy.and_then(|policy| policy.when_scaled.as_ref()));
    let when_deleted = deletes(policy.and_then(|policy| policy.when_deleted.as_ref()));
    match (when_scaled, when_deleted) {
        (true, _) if is_condemned => Some(OwnerReference {
            api_version: "v1".to_owned(),
            kind: "Pod".to_owned(),
            name: pod::name(holder).to_owned(),
            uid: holder.metadata.uid.clone().unwrap_or_default(),
            controller: Some(true),
            block_owner_deletion: Some(true),
        }),
        (_, true) => Some(identity::owner(set)),
        _ => None,
    }
}

/// The ordinal of the pod a claim is for, when it was made from a template of the set.
fn ordinal_of(set: &StatefulSet, claim: &PersistentVolumeClaim) -> Option<i32> {
    let name = claim.metadata.name.as_deref()?;
    let templates = set.spec.as_ref()?.volume_claim_templates.iter().flatten();
    templates.into_iter().find_map(|template| {
        let rest = name.strip_prefix(template.metadata.name.as_deref()?)?.strip_prefix('-')?;
        ordinal(set_name(set), rest)
    })
}
