//! Removes what nothing owns any more, and lets go of claims and volumes that nothing uses.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::control::Control;
use crate::kind::Kind;
use crate::machine::Machine;
use crate::object::{self, Fields, Key, Object};
use crate::store::{Deletion, StoreError};

const CLAIM_PROTECTION: &str = "kubernetes.io/pvc-protection";
const VOLUME_PROTECTION: &str = "kubernetes.io/pv-protection";

pub(super) fn sync<M: Machine>(control: &Control<M>) -> Result<(), StoreError> {
    remove_orphans(control)?;
    release_claims(control)?;
    release_volumes(control)
}

/// An object whose owners are all gone goes too.
fn remove_orphans<M: Machine>(control: &Control<M>) -> Result<(), StoreError> {
    let all: Vec<Object> = Kind::ALL.into_iter().flat_map(|kind| control.store.list(kind, None)).collect();
    let living: BTreeSet<&str> = all.iter().map(|object| object.uid()).collect();
    for object in all.iter().filter(|object| !object.is_deleting()) {
        let owners = object.list("/metadata/ownerReferences");
        let is_orphan = !owners.is_empty() && owners.iter().all(|owner| !living.contains(owner.text("/uid")));
        if let Some(key) = Key::of(object).filter(|_| is_orphan) {
            let deletion = Deletion { uid: Some(object.uid().to_owned()), ..Deletion::default() };
            control.store.delete(&key, &deletion)?;
        }
    }
    Ok(())
}

/// A deleted claim goes once no pod that still runs uses it.
fn release_claims<M: Machine>(control: &Control<M>) -> Result<(), StoreError> {
    let pods = control.store.list(Kind::Pod, None);
    for claim in control.store.list(Kind::PersistentVolumeClaim, None).iter().filter(|claim| claim.is_deleting()) {
        let is_used = pods.iter().any(|pod| {
            let is_over = matches!(pod.text("/status/phase"), "Succeeded" | "Failed");
            pod.namespace() == claim.namespace() && !is_over && names_claim(pod, claim.name())
        });
        if !is_used {
            free(control, claim, CLAIM_PROTECTION)?;
        }
    }
    Ok(())
}

fn names_claim(pod: &Value, claim: &str) -> bool {
    pod.list("/spec/volumes").iter().any(|volume| volume.text("/persistentVolumeClaim/claimName") == claim)
}

/// A deleted volume goes once it is bound to no claim.
fn release_volumes<M: Machine>(control: &Control<M>) -> Result<(), StoreError> {
    for volume in control.store.list(Kind::PersistentVolume, None).iter().filter(|volume| volume.is_deleting()) {
        if volume.text("/status/phase") != "Bound" {
            free(control, volume, VOLUME_PROTECTION)?;
        }
    }
    Ok(())
}

fn free<M: Machine>(control: &Control<M>, held: &Value, finalizer: &str) -> Result<(), StoreError> {
    let is_held = held.list("/metadata/finalizers").iter().any(|one| one == finalizer);
    if let Some(key) = Key::of(held).filter(|_| is_held) {
        control.store.modify(&key, |object| object::set_finalizer(object, finalizer, false))?;
    }
    Ok(())
}
