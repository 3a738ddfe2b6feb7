//! Which pods belong to a set: those it controls, and orphans that look like its own.

use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::Pod;
use proconsul_manifest::selector;

use super::identity::{self, ordinal, set_name};
use super::{Action, Seen};
use crate::pod;

/// The set's pods, and what must be written so that they are.
pub(super) struct Owned {
    /// The pods that count, with the owner they will have.
    pub(super) pods: Vec<Pod>,
    changed: Vec<Pod>,
}

impl Owned {
    pub(super) fn of(set: &StatefulSet, seen: &Seen<'_>) -> Self {
        let mut owned = Self { pods: Vec::new(), changed: Vec::new() };
        let may_change = set.metadata.deletion_timestamp.is_none();
        let near = seen.pods.iter().filter(|pod| pod.metadata.namespace == set.metadata.namespace);
        for found in near {
            let fits = set.spec.as_ref().is_some_and(|spec| selector::matches(&spec.selector, pod::labels(found)));
            match pod::controller(&found.metadata) {
                Some(owner) if Some(&owner.uid) == set.metadata.uid.as_ref() && fits => owned.pods.push(found.clone()),
                Some(owner) if Some(&owner.uid) == set.metadata.uid.as_ref() && may_change => {
                    owned.changed.push(released(found, set));
                }
                None if fits && may_change && !pod::is_terminating(found) && is_member(set, found) => {
                    let mut adopted = found.clone();
                    adopted.metadata.owner_references.get_or_insert_default().push(identity::owner(set));
                    owned.pods.push(adopted.clone());
                    owned.changed.push(adopted);
                }
                _ => {}
            }
        }
        owned
    }

    pub(super) fn changes(&self) -> impl Iterator<Item = Action> {
        self.changed.iter().map(|pod| Action::UpdatePod(Box::new(pod.clone())))
    }
}

fn is_member(set: &StatefulSet, found: &Pod) -> bool {
    ordinal(set_name(set), pod::name(found)).is_some()
}

/// A pod whose labels were changed away goes its own way.
fn released(found: &Pod, set: &StatefulSet) -> Pod {
    let mut released = found.clone();
    if let Some(owners) = &mut released.metadata.owner_references {
        owners.retain(|owner| Some(&owner.uid) != set.metadata.uid.as_ref());
    }
    released
}
