//! Claims and volumes find each other, by class, mode, size and selector, and are told when the other is gone.
//!
//! Volumes are never made here: a claim without a fitting one waits, and says so.

mod fit;

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    ObjectReference, PersistentVolume, PersistentVolumeClaim, PersistentVolumeClaimStatus, PersistentVolumeStatus,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;

const BOUND_BY_CONTROLLER: &str = "pv.kubernetes.io/bound-by-controller";
const BIND_COMPLETED: &str = "pv.kubernetes.io/bind-completed";

/// One thing to do, in this order.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Write a volume, its status included.
    UpdateVolume(Box<PersistentVolume>),
    /// Write a claim, its status included.
    UpdateClaim(Box<PersistentVolumeClaim>),
    /// Say something about a claim. Said again at every call while it holds; repeats are counted, not listed.
    Event {
        /// The claim's namespace.
        namespace: String,
        /// The claim's name.
        claim: String,
        /// `Normal` or `Warning`.
        kind: &'static str,
        /// A word for programs.
        reason: &'static str,
        /// A sentence for people.
        message: String,
    },
}

/// What all claims and volumes together need done.
pub fn plan(volumes: &[PersistentVolume], claims: &[PersistentVolumeClaim], now: Timestamp) -> Vec<Action> {
    let mut binder = Binder { volumes: volumes.to_vec(), claims, now, actions: Vec::new() };
    for position in 0..binder.volumes.len() {
        binder.volume(position);
    }
    for claim in claims {
        binder.claim(claim);
    }
    binder.actions
}

struct Binder<'a> {
    /// With the changes of this call in them, so that one volume is not given to two claims.
    volumes: Vec<PersistentVolume>,
    claims: &'a [PersistentVolumeClaim],
    now: Timestamp,
    actions: Vec<Action>,
}

impl Binder<'_> {
    /// The phase of a volume: bound as long as its claim is there, released once it is gone.
    fn volume(&mut self, position: usize) {
        let volume = &self.volumes[position];
        let phase = match reference(volume) {
            None => "Available",
            Some(to) if to.uid.as_deref().unwrap_or_default().is_empty() => "Available",
            Some(to) if self.claims.iter().any(|claim| claim.metadata.uid == to.uid) => "Bound",
            Some(_) => "Released",
        };
        // What is bound is said so together with its claim.
        if phase != "Bound" && volume_phase(volume) != phase {
            let changed = with_phase(volume, phase, self.now);
            self.volumes[position] = changed.clone();
            self.actions.push(Action::UpdateVolume(Box::new(changed)));
        }
    }

    fn claim(&mut self, claim: &PersistentVolumeClaim) {
        if claim.metadata.deletion_timestamp.is_some() {
            return;
        }
        let is_completed = claim.metadata.annotations.as_ref().is_some_and(|notes| notes.contains_key(BIND_COMPLETED));
        if is_completed {
            self.bound(claim);
            return;
        }
        match fit::volume_name(claim) {
            Some(name) => self.requested(claim, name.to_owned()),
            None => match fit::best(&self.volumes, claim) {
                Some(position) => self.bind(claim, position, true),
                None => self.waits(claim),
            },
        }
    }

    /// A claim that names its volume.
    fn requested(&mut self, claim: &PersistentVolumeClaim, name: String) {
        let found = self.volumes.iter().position(|volume| volume.metadata.name.as_deref() == Some(&name));
        let Some(position) = found else { return };
        let volume = &self.volumes[position];
        if !fit::is_free_for(volume, claim) {
            self.say(
                claim,
                "Warning",
                "FailedBinding",
                format!("volume \"{name}\" already bound to a different claim."),
            );
        } else if let Some(why) = fit::mismatch(volume, claim) {
            let message = format!("Cannot bind to requested volume \"{name}\": {why}");
            self.say(claim, "Warning", "VolumeMismatch", message);
        } else {
            self.bind(claim, position, false);
        }
    }

    fn bind(&mut self, claim: &PersistentVolumeClaim, position: usize, is_chosen_here: bool) {
        let mut volume = with_phase(&self.volumes[position], "Bound", self.now);
        let was_reserved = reference(&volume).is_some();
        let spec = volume.spec.get_or_insert_default();
        spec.claim_ref = Some(ObjectReference {
            kind: Some("PersistentVolumeClaim".to_owned()),
            api_version: Some("v1".to_owned()),
            namespace: claim.metadata.namespace.clone(),
            name: claim.metadata.name.clone(),
            uid: claim.metadata.uid.clone(),
            resource_version: claim.metadata.resource_version.clone(),
            field_path: None,
        });
        if is_chosen_here && !was_reserved {
            note(&mut volume.metadata.annotations, BOUND_BY_CONTROLLER);
        }
        if self.volumes[position] != volume {
            self.volumes[position] = volume.clone();
            self.actions.push(Action::UpdateVolume(Box::new(volume.clone())));
        }
        let mut bound = claim.clone();
        note(&mut bound.metadata.annotations, BIND_COMPLETED);
        if is_chosen_here {
            note(&mut bound.metadata.annotations, BOUND_BY_CONTROLLER);
        }
        bound.spec.get_or_insert_default().volume_name = volume.metadata.name.clone();
        bound.status = Some(bound_status(claim, &volume));
        self.actions.push(Action::UpdateClaim(Box::new(bound)));
    }

    /// A claim that was bound before: its volume must still be there and be its own.
    fn bound(&mut self, claim: &PersistentVolumeClaim) {
        let name = fit::volume_name(claim).unwrap_or_default();
        let found = self.volumes.iter().position(|volume| volume.metadata.name.as_deref() == Some(name));
        match found {
            None => {
                let message = "Bound claim has lost its PersistentVolume. Data on the volume is lost!";
                self.lost(claim, "ClaimLost", message);
            }
            Some(position) if !fit::is_free_for(&self.volumes[position], claim) => {
                let message = "Two claims are bound to the same volume, this one is bound incorrectly";
                self.lost(claim, "ClaimMisbound", message);
            }
            Some(position)
                if reference(&self.volumes[position]).is_none()
                    || phase(claim) != "Bound"
                    || volume_phase(&self.volumes[position]) != "Bound" =>
            {
                self.bind(claim, position, false);
            }
            Some(_) => {}
        }
    }

    fn lost(&mut self, claim: &PersistentVolumeClaim, reason: &'static str, message: &str) {
        if phase(claim) == "Lost" {
            return;
        }
        let mut lost = claim.clone();
        lost.status.get_or_insert_default().phase = Some("Lost".to_owned());
        self.actions.push(Action::UpdateClaim(Box::new(lost)));
        self.say(claim, "Warning", reason, message.to_owned());
    }

    fn waits(&mut self, claim: &PersistentVolumeClaim) {
        if phase(claim) != "Pending" {
            let mut waiting = claim.clone();
            waiting.status.get_or_insert_default().phase = Some("Pending".to_owned());
            self.actions.push(Action::UpdateClaim(Box::new(waiting)));
        }
        match fit::class(claim) {
            "" => {
                let message = "no persistent volumes available for this claim and no storage class is set";
                self.say(claim, "Normal", "FailedBinding", message.to_owned());
            }
            class => {
                let message = format!("storageclass.storage.k8s.io \"{class}\" not found");
                self.say(claim, "Warning", "ProvisioningFailed", message);
            }
        }
    }

    fn say(&mut self, claim: &PersistentVolumeClaim, kind: &'static str, reason: &'static str, message: String) {
        self.actions.push(Action::Event {
            namespace: claim.metadata.namespace.clone().unwrap_or_default(),
            claim: claim.metadata.name.clone().unwrap_or_default(),
            kind,
            reason,
            message,
        });
    }
}

fn reference(volume: &PersistentVolume) -> Option<&ObjectReference> {
    volume.spec.as_ref()?.claim_ref.as_ref()
}

fn volume_phase(volume: &PersistentVolume) -> &str {
    volume.status.as_ref().and_then(|status| status.phase.as_deref()).unwrap_or("Pending")
}

fn phase(claim: &PersistentVolumeClaim) -> &str {
    claim.status.as_ref().and_then(|status| status.phase.as_deref()).unwrap_or("Pending")
}

fn with_phase(volume: &PersistentVolume, phase: &str, now: Timestamp) -> PersistentVolume {
    let mut changed = volume.clone();
    if volume_phase(volume) != phase {
        changed.status = Some(PersistentVolumeStatus {
            phase: Some(phase.to_owned()),
            last_phase_transition_time: Some(Time(now)),
            ..PersistentVolumeStatus::default()
        });
    }
    changed
}

fn note(annotations: &mut Option<BTreeMap<String, String>>, name: &str) {
    annotations.get_or_insert_default().insert(name.to_owned(), "yes".to_owned());
}

fn bound_status(claim: &PersistentVolumeClaim, volume: &PersistentVolume) -> PersistentVolumeClaimStatus {
    PersistentVolumeClaimStatus {
        phase: Some("Bound".to_owned()),
        access_modes: volume.spec.as_ref().and_then(|spec| spec.access_modes.clone()),
        capacity: volume.spec.as_ref().and_then(|spec| spec.capacity.clone()),
        ..claim.status.clone().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
