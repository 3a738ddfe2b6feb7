//! What a StatefulSet needs done, in the order Kubernetes does it: stable names, one pod at a time or all at once, claims before
//! pods, the highest first when shrinking or updating.
//!
//! One call is one sync: it acts on what is seen and never assumes that an earlier action succeeded.

mod adopt;
mod identity;
mod retention;
mod revision;
mod status;
mod sync;

use k8s_openapi::api::apps::v1::{ControllerRevision, StatefulSet, StatefulSetStatus};
use k8s_openapi::api::core::v1::{PersistentVolumeClaim, Pod};
use k8s_openapi::jiff::Timestamp;

pub use identity::{claim_name, ordinal, pod_name};
pub use revision::POD_LABEL as REVISION_LABEL;

/// What there is. Objects of other owners and other namespaces may be among it.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// Pods.
    pub pods: &'a [Pod],
    /// Claims.
    pub claims: &'a [PersistentVolumeClaim],
    /// Kept versions of templates.
    pub revisions: &'a [ControllerRevision],
    /// The time.
    pub now: Timestamp,
}

/// One thing to do. Actions are carried out in their order; when one fails, the rest may wait for the next sync.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Keep this version of the template.
    CreateRevision(Box<ControllerRevision>),
    /// Write this version again, with a higher number.
    UpdateRevision(Box<ControllerRevision>),
    /// Remove a version that nothing needs.
    DeleteRevision {
        /// Its name.
        name: String,
    },
    /// Make a claim from a template.
    CreateClaim {
        /// The claim.
        claim: Box<PersistentVolumeClaim>,
        /// The pod it is for, for the event.
        pod: String,
    },
    /// Write the owners of a claim.
    UpdateClaim(Box<PersistentVolumeClaim>),
    /// Make a pod.
    CreatePod(Box<Pod>),
    /// Write labels or owners of a pod.
    UpdatePod(Box<Pod>),
    /// Delete a pod, with its own grace period.
    DeletePod {
        /// Its name.
        name: String,
        /// Its uid, as a precondition.
        uid: String,
    },
    /// A pod cannot be made; say so.
    Blocked {
        /// The pod.
        pod: String,
        /// Why, in Kubernetes' words.
        message: String,
    },
    /// Write the status.
    SetStatus(Box<StatefulSetStatus>),
    /// Sync again then, even if nothing changes: a pod becomes available by time alone.
    SyncAt(Timestamp),
}

/// What happens with the event of an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// `Normal` or `Warning`.
    pub kind: &'static str,
    /// A word for programs.
    pub reason: &'static str,
    /// A sentence for people.
    pub message: String,
}

/// One sync.
pub fn plan(set: &StatefulSet, seen: &Seen<'_>) -> Vec<Action> {
    let owned = adopt::Owned::of(set, seen);
    let revisions = revision::Revisions::of(set, seen.revisions);
    let mut actions = Vec::new();
    if set.metadata.deletion_timestamp.is_none() {
        actions.extend(owned.changes());
        actions.extend(revisions.changes(set, &owned.pods, seen.revisions));
        actions.extend(sync::Sync::new(set, &owned.pods, &revisions, seen).run());
    }
    actions.extend(status::change(set, &owned.pods, &revisions, seen.now));
    actions
}

impl Action {
    /// The event Kubernetes writes for an action that succeeded or failed; `None` for actions without one.
    pub fn event(&self, set: &str, failure: Option<&str>) -> Option<Event> {
        let normal = |reason, message| Event { kind: "Normal", reason, message };
        let (verb, done, failed, object) = match self {
            Self::CreatePod(pod) => ("create", "SuccessfulCreate", "FailedCreate", crate::pod::name(pod)),
            Self::DeletePod { name, .. } => ("delete", "SuccessfulDelete", "FailedDelete", name.as_str()),
            Self::UpdatePod(pod) => ("update", "SuccessfulUpdate", "FailedUpdate", crate::pod::name(pod)),
            Self::CreateClaim { claim, pod } => {
                let claim = claim.metadata.name.as_deref().unwrap_or_default();
                return Some(match failure {
                    None => normal(
                        "SuccessfulCreate",
                        format!("create Claim {claim} Pod {pod} in StatefulSet {set} success"),
                    ),
                    Some(failure) => Event {
                        kind: "Warning",
                        reason: "FailedCreate",
                        message: format!(
                            "create Claim {claim} for Pod {pod} in StatefulSet {set} failed error: {failure}"
                        ),
                    },
                });
            }
            Self::Blocked { pod, message } => {
                let message = format!("create Pod {pod} in StatefulSet {set} failed error: {message}");
                return Some(Event { kind: "Warning", reason: "FailedCreate", message });
            }
            _ => return None,
        };
        Some(match failure {
            None => normal(done, format!("{verb} Pod {object} in StatefulSet {set} successful")),
            Some(failure) => Event {
                kind: "Warning",
                reason: failed,
                message: format!("{verb} Pod {object} in StatefulSet {set} failed error: {failure}"),
            },
        })
    }
}
