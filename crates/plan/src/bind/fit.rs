//! Which volume fits which claim.

use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use proconsul_manifest::quantity::{self, Quantity};
use proconsul_manifest::selector;

/// The volume a claim names.
pub(super) fn volume_name(claim: &PersistentVolumeClaim) -> Option<&str> {
    claim.spec.as_ref()?.volume_name.as_deref().filter(|name| !name.is_empty())
}

/// The class a claim asks for; none and the empty one are the same.
pub(super) fn class(claim: &PersistentVolumeClaim) -> &str {
    claim.spec.as_ref().and_then(|spec| spec.storage_class_name.as_deref()).unwrap_or_default()
}

/// The position of the volume for a claim that names none: one that is reserved for it, else the smallest that fits, among
/// those with as few modes as possible.
pub(super) fn best(volumes: &[PersistentVolume], claim: &PersistentVolumeClaim) -> Option<usize> {
    let candidates = volumes.iter().enumerate().filter(|(_, volume)| {
        is_free_for(volume, claim) && mismatch(volume, claim).is_none() && is_picked(volume, claim)
    });
    let key = |(_, volume): &(usize, &PersistentVolume)| {
        let is_reserved = volume.spec.as_ref().is_some_and(|spec| spec.claim_ref.is_some());
        let modes = modes(volume).len();
        (!is_reserved, modes, capacity(volume), volume.metadata.name.clone())
    };
    candidates.min_by_key(key).map(|(position, _)| position)
}

/// Whether a volume is nobody's, or reserved for this claim. One released by a claim of the same name is not: its uid is another.
pub(super) fn is_free_for(volume: &PersistentVolume, claim: &PersistentVolumeClaim) -> bool {
    let Some(to) = volume.spec.as_ref().and_then(|spec| spec.claim_ref.as_ref()) else { return true };
    let has_uid = to.uid.as_deref().is_some_and(|uid| !uid.is_empty());
    to.name == claim.metadata.name
        && to.namespace == claim.metadata.namespace
        && (!has_uid || to.uid == claim.metadata.uid)
}

/// Why a volume does not fit a claim, in the words of the event.
pub(super) fn mismatch(volume: &PersistentVolume, claim: &PersistentVolumeClaim) -> Option<String> {
    let (spec, wanted) = (volume.spec.as_ref()?, claim.spec.as_ref()?);
    let mode = |mode: &Option<String>| mode.clone().unwrap_or_else(|| "Filesystem".to_owned());
    let asked = wanted.access_modes.as_deref().unwrap_or_default();
    if volume.metadata.deletion_timestamp.is_some() {
        let name = volume.metadata.name.as_deref().unwrap_or_default();
        return Some(format!("the volume is marked for deletion \"{name}\""));
    }
    if capacity(volume) < requested(claim) {
        return Some("requested PV is too small".to_owned());
    }
    if spec.storage_class_name.as_deref().unwrap_or_default() != class(claim) {
        return Some("storageClassName does not match".to_owned());
    }
    if mode(&spec.volume_mode) != mode(&wanted.volume_mode) {
        return Some("incompatible volumeMode".to_owned());
    }
    if !asked.iter().all(|mode| modes(volume).contains(mode)) {
        return Some("incompatible accessMode".to_owned());
    }
    if spec.volume_attributes_class_name.as_deref().unwrap_or_default()
        != wanted.volume_attributes_class_name.as_deref().unwrap_or_default()
    {
        return Some("volumeAttributesClassName does not match".to_owned());
    }
    None
}

fn is_picked(volume: &PersistentVolume, claim: &PersistentVolumeClaim) -> bool {
    let wanted = claim.spec.as_ref().and_then(|spec| spec.selector.as_ref());
    let labels = volume.metadata.labels.clone().unwrap_or_default();
    wanted.is_none_or(|wanted| selector::matches(wanted, &labels))
}

fn modes(volume: &PersistentVolume) -> &[String] {
    volume.spec.as_ref().and_then(|spec| spec.access_modes.as_deref()).unwrap_or_default()
}

fn capacity(volume: &PersistentVolume) -> Option<Quantity> {
    quantity::parse(&volume.spec.as_ref()?.capacity.as_ref()?.get("storage")?.0).ok()
}

fn requested(claim: &PersistentVolumeClaim) -> Option<Quantity> {
    quantity::parse(&claim.spec.as_ref()?.resources.as_ref()?.requests.as_ref()?.get("storage")?.0).ok()
}
