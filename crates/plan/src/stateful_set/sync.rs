//! The order of one sync: fill the slots from below, then shrink from above, then update from above.

use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::jiff::Timestamp;

use super::identity::{self, claims, identity_labels, new_claims, ordinal, pod_name, set_name};
use super::retention;
use super::revision::{POD_LABEL, Revisions};
use super::status::{is_rolling, min_ready};
use super::{Action, Seen};
use crate::pod;

/// Whether the walk through the pods goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Walk {
    On,
    Stop,
}

/// A place in the set: an ordinal, and the pod that holds it.
#[derive(Clone, Copy)]
struct Slot<'a> {
    ordinal: i32,
    pod: Option<&'a Pod>,
}

pub(super) struct Sync<'a> {
    set: &'a StatefulSet,
    seen: &'a Seen<'a>,
    pods: &'a [Pod],
    revisions: &'a Revisions,
    /// Within the wanted range, by ordinal.
    slots: Vec<Slot<'a>>,
    /// Outside of it, the highest ordinal first.
    condemned: Vec<&'a Pod>,
    is_ordered: bool,
    actions: Vec<Action>,
}

impl<'a> Sync<'a> {
    pub(super) fn new(set: &'a StatefulSet, pods: &'a [Pod], revisions: &'a Revisions, seen: &'a Seen<'a>) -> Self {
        let spec = set.spec.as_ref();
        let start = first(set);
        let end = start.saturating_add(spec.and_then(|spec| spec.replicas).unwrap_or(1));
        let mut members: Vec<(i32, &Pod)> =
            pods.iter().filter_map(|found| Some((ordinal(set_name(set), pod::name(found))?, found))).collect();
        members.sort_by_key(|(ordinal, _)| *ordinal);
        let holder = |wanted: i32| members.iter().find(|(ordinal, _)| *ordinal == wanted).map(|(_, found)| *found);
        let slots = (start..end).map(|ordinal| Slot { ordinal, pod: holder(ordinal) }).collect();
        let is_outside = |ordinal: &i32| !(start..end).contains(ordinal);
        let condemned =
            members.iter().rev().filter(|(ordinal, _)| is_outside(ordinal)).map(|(_, found)| *found).collect();
        let policy = spec.and_then(|spec| spec.pod_management_policy.as_deref());
        Self {
            set,
            seen,
            pods,
            revisions,
            slots,
            condemned,
            is_ordered: policy != Some("Parallel"),
            actions: Vec::new(),
        }
    }

    pub(super) fn run(mut self) -> Vec<Action> {
        self.actions = retention::changes(self.set, self.pods, &self.condemned, self.seen);
        if self.fill() == Walk::On && self.shrink() == Walk::On && is_rolling(self.set) {
            self.update();
        }
        self.actions
    }

    fn fill(&mut self) -> Walk {
        for slot in self.slots.clone() {
            let walk = match slot.pod {
                None => self.create(slot.ordinal),
                Some(found) => self.keep(slot.ordinal, found),
            };
            if walk == Walk::Stop && self.is_ordered {
                return Walk::Stop;
            }
        }
        Walk::On
    }

    /// An empty slot: its claims, then its pod.
    fn create(&mut self, ordinal: i32) -> Walk {
        let name = pod_name(set_name(self.set), ordinal);
        if let Some(claim) = self.claim_in_deletion(ordinal) {
            self.actions.push(Action::Blocked { pod: name, message: format!("pvc {claim} is being deleted") });
            return Walk::Stop;
        }
        self.claims(ordinal, &name);
        let (revision, template) = self.revisions.for_ordinal(ordinal, self.first_updated());
        let made = identity::pod(self.set, template, revision, ordinal);
        self.actions.push(Action::CreatePod(Box::new(made)));
        Walk::Stop
    }

    /// A slot with a pod: wait until it is available, before the next is touched.
    fn keep(&mut self, ordinal: i32, found: &Pod) -> Walk {
        if pod::is_over(found) {
            if !pod::is_terminating(found) {
                self.delete(found);
            }
            return Walk::Stop;
        }
        if pod::phase(found) == "Pending" && !pod::is_terminating(found) {
            self.claims(ordinal, pod::name(found));
        }
        if pod::is_terminating(found) || !self.is_available(found) {
            return Walk::Stop;
        }
        let labels = pod::labels(found);
        let wanted = identity_labels(pod::name(found), ordinal);
        if wanted.iter().any(|(key, value)| labels.get(key) != Some(value)) {
            let mut repaired = found.clone();
            repaired.metadata.labels.get_or_insert_default().extend(wanted);
            self.actions.push(Action::UpdatePod(Box::new(repaired)));
        }
        Walk::On
    }

    /// Pods beyond the range go one by one from the top, each only when all others are well, or it is itself the one that is not.
    fn shrink(&mut self) -> Walk {
        let first_unhealthy = self.first_unhealthy().map(pod::name);
        for found in self.condemned.clone() {
            let is_terminating = pod::is_terminating(found);
            if !self.is_ordered {
                if !is_terminating {
                    self.delete(found);
                }
                continue;
            }
            // Kubernetes waits for ever when two surplus pods have ended for good; one that has ended serves nobody and may go.
            let is_well = pod::is_over(found) || pod::is_ready(found) && self.is_available(found);
            if !is_terminating && (is_well || first_unhealthy == Some(pod::name(found))) {
                self.delete(found);
            }
            return Walk::Stop;
        }
        Walk::On
    }

    /// Pods of another version go one by one from the top, down to the partition; one that is not well stops the walk.
    fn update(&mut self) {
        let partition = self.first_updated();
        for slot in self.slots.clone().into_iter().rev().take_while(|slot| slot.ordinal >= partition) {
            let Some(found) = slot.pod else { return };
            let is_updated = pod::labels(found).get(POD_LABEL).is_some_and(|label| *label == self.revisions.update);
            if !is_updated && !pod::is_terminating(found) {
                if !pod::is_over(found) {
                    self.delete(found);
                }
                return;
            }
            if pod::is_terminating(found) || !self.is_available(found) {
                return;
            }
        }
    }

    /// Whether a pod is ready for long enough; if only time is missing, a sync is asked for when it has passed.
    fn is_available(&mut self, found: &Pod) -> bool {
        match pod::available_at(found, min_ready(self.set)) {
            Some(at) if at > self.seen.now => {
                self.sync_at(at);
                false
            }
            Some(_) => true,
            None => false,
        }
    }

    fn sync_at(&mut self, at: Timestamp) {
        if !self.actions.contains(&Action::SyncAt(at)) {
            self.actions.push(Action::SyncAt(at));
        }
    }

    fn delete(&mut self, found: &Pod) {
        let uid = found.metadata.uid.clone().unwrap_or_default();
        self.actions.push(Action::DeletePod { name: pod::name(found).to_owned(), uid });
    }

    fn claims(&mut self, ordinal: i32, pod: &str) {
        for claim in new_claims(self.set, ordinal) {
            let is_there = self.seen.claims.iter().any(|seen| {
                seen.metadata.name == claim.metadata.name && seen.metadata.namespace == claim.metadata.namespace
            });
            if !is_there {
                self.actions.push(Action::CreateClaim { claim: Box::new(claim), pod: pod.to_owned() });
            }
        }
    }

    fn claim_in_deletion(&self, ordinal: i32) -> Option<String> {
        claims(self.set, ordinal).map(|(_, name)| name).find(|name| {
            self.seen.claims.iter().any(|claim| {
                claim.metadata.name.as_ref() == Some(name)
                    && claim.metadata.namespace == self.set.metadata.namespace
                    && (claim.metadata.deletion_timestamp.is_some() || retention::is_stale(claim))
            })
        })
    }

    /// The lowest pod that is not ready or on its way out; condemned ones come after all others, the lowest first.
    fn first_unhealthy(&self) -> Option<&'a Pod> {
        let is_unhealthy = |found: &&Pod| !pod::is_ready(found) || pod::is_terminating(found);
        let slots = self.slots.iter().filter_map(|slot| slot.pod);
        slots.chain(self.condemned.iter().rev().copied()).find(is_unhealthy)
    }

    /// The first ordinal that is made from the newest template.
    fn first_updated(&self) -> i32 {
        if !is_rolling(self.set) {
            return first(self.set);
        }
        let strategy = self.set.spec.as_ref().and_then(|spec| spec.update_strategy.as_ref()?.rolling_update.as_ref());
        first(self.set).saturating_add(strategy.and_then(|rolling| rolling.partition).unwrap_or(0))
    }
}

/// `spec.ordinals.start`.
fn first(set: &StatefulSet) -> i32 {
    set.spec.as_ref().and_then(|spec| spec.ordinals.as_ref()?.start).unwrap_or(0)
}
