//! What a set says about its pods.

use std::time::Duration;

use k8s_openapi::api::apps::v1::{StatefulSet, StatefulSetStatus};
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::jiff::Timestamp;

use super::Action;
use super::revision::{POD_LABEL, Revisions};
use crate::pod;

/// The action that writes the status, when it is not what it was.
pub(super) fn change(set: &StatefulSet, pods: &[Pod], revisions: &Revisions, now: Timestamp) -> Option<Action> {
    let status = compute(set, pods, revisions, now);
    (set.status.as_ref() != Some(&status)).then(|| Action::SetStatus(Box::new(status)))
}

/// `minReadySeconds`.
pub(super) fn min_ready(set: &StatefulSet) -> Duration {
    let seconds = set.spec.as_ref().and_then(|spec| spec.min_ready_seconds).unwrap_or(0);
    Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
}

/// Whether `spec.updateStrategy` updates pods by itself.
pub(super) fn is_rolling(set: &StatefulSet) -> bool {
    let strategy = set.spec.as_ref().and_then(|spec| spec.update_strategy.as_ref()?.type_.as_deref());
    strategy.is_none_or(|kind| kind == "RollingUpdate")
}

fn compute(set: &StatefulSet, pods: &[Pod], revisions: &Revisions, now: Timestamp) -> StatefulSetStatus {
    let count = |wanted: &dyn Fn(&Pod) -> bool| {
        i32::try_from(pods.iter().filter(|found| wanted(found)).count()).unwrap_or(i32::MAX)
    };
    let is_at = |found: &Pod, revision: &str| {
        !pod::is_terminating(found) && pod::labels(found).get(POD_LABEL).is_some_and(|label| label == revision)
    };
    let is_available = |found: &Pod| pod::available_at(found, min_ready(set)).is_some_and(|at| at <= now);
    let replicas = count(&|_| true);
    let ready = count(&pod::is_ready);
    let updated = count(&|found| is_at(found, &revisions.update));
    let wanted = set.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(1);
    let is_complete = is_rolling(set) && updated == wanted && ready == wanted && replicas == wanted;
    let current = if is_complete { &revisions.update } else { &revisions.current };
    StatefulSetStatus {
        replicas,
        ready_replicas: Some(ready),
        available_replicas: Some(count(&is_available)),
        current_replicas: Some(count(&|found| is_at(found, current))),
        updated_replicas: Some(updated),
        current_revision: Some(current.clone()),
        update_revision: Some(revisions.update.clone()),
        observed_generation: set.metadata.generation,
        collision_count: Some(revisions.collisions),
        conditions: set.status.as_ref().and_then(|status| status.conditions.clone()),
    }
}
