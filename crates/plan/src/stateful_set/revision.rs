//! Versions of a set's template, kept as ControllerRevisions, so that a pod can be made again as it was.

use k8s_openapi::api::apps::v1::{ControllerRevision, StatefulSet};
use k8s_openapi::api::core::v1::{Pod, PodTemplateSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::apimachinery::pkg::runtime::RawExtension;
use serde_json::{Value, json};

use super::Action;
use super::identity::{self, set_name};
use crate::pod;

/// The label by which a pod says which version it is.
pub const POD_LABEL: &str = "controller-revision-hash";
/// The label by which a revision carries its hash.
const HASH_LABEL: &str = "controller.kubernetes.io/hash";
/// Letters for hashes: no vowels, no look-alikes.
const ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";

/// The version pods run and the version they are to run.
pub(super) struct Revisions {
    /// What pods below the partition run.
    pub(super) current: String,
    /// What the set says now.
    pub(super) update: String,
    /// How many times a new version's name was taken by another.
    pub(super) collisions: i32,
    current_template: PodTemplateSpec,
    update_template: PodTemplateSpec,
    write: Option<Action>,
}

impl Revisions {
    pub(super) fn of(set: &StatefulSet, seen: &[ControllerRevision]) -> Self {
        let kept = sorted(set, seen);
        let status = set.status.as_ref();
        let template = set.spec.as_ref().map(|spec| spec.template.clone()).unwrap_or_default();
        let data = data(&template);
        let next = kept.last().map_or(0, |newest| newest.revision) + 1;
        let mut collisions = status.and_then(|status| status.collision_count).unwrap_or(0);
        let same = kept.iter().rev().find(|kept| kept.data.as_ref().is_some_and(|found| found.0 == data));
        let (update, write) = match same {
            Some(found) if found.revision + 1 == next => (name_of(found), None),
            Some(found) => {
                let raised = ControllerRevision { revision: next, ..(*found).clone() };
                (name_of(found), Some(Action::UpdateRevision(Box::new(raised))))
            }
            None => {
                let mut revision = new(set, data.clone(), next, collisions);
                while seen.iter().any(|taken| taken.metadata.name == revision.metadata.name) {
                    collisions += 1;
                    revision = new(set, data.clone(), next, collisions);
                }
                (name_of(&revision), Some(Action::CreateRevision(Box::new(revision))))
            }
        };
        let named = status.and_then(|status| status.current_revision.as_deref());
        let current = kept.iter().find(|kept| kept.metadata.name.as_deref() == named);
        let current_template = current.and_then(|current| template_of(current)).unwrap_or_else(|| template.clone());
        let current = current.map_or_else(|| update.clone(), |current| name_of(current));
        Self { current, update, collisions, current_template, update_template: template, write }
    }

    /// Name and template of the version a pod of this ordinal is made from.
    pub(super) fn for_ordinal(&self, ordinal: i32, first_updated: i32) -> (&str, &PodTemplateSpec) {
        if ordinal < first_updated {
            (&self.current, &self.current_template)
        } else {
            (&self.update, &self.update_template)
        }
    }

    /// The version to keep, and those to forget: the oldest beyond the history limit that no pod runs.
    pub(super) fn changes(&self, set: &StatefulSet, pods: &[Pod], seen: &[ControllerRevision]) -> Vec<Action> {
        let limit = set.spec.as_ref().and_then(|spec| spec.revision_history_limit).unwrap_or(10);
        let is_live = |name: &str| {
            name == self.current
                || name == self.update
                || pods.iter().any(|found| pod::labels(found).get(POD_LABEL).is_some_and(|label| label == name))
        };
        let unused: Vec<String> = sorted(set, seen).into_iter().map(name_of).filter(|name| !is_live(name)).collect();
        let surplus = unused.len().saturating_sub(usize::try_from(limit).unwrap_or(0));
        let mut actions: Vec<Action> = self.write.clone().into_iter().collect();
        actions.extend(unused.into_iter().take(surplus).map(|name| Action::DeleteRevision { name }));
        actions
    }
}

/// The set's revisions, oldest first.
fn sorted<'a>(set: &StatefulSet, seen: &'a [ControllerRevision]) -> Vec<&'a ControllerRevision> {
    let is_own = |revision: &&ControllerRevision| {
        revision.metadata.namespace == set.metadata.namespace
            && pod::controller(&revision.metadata).is_some_and(|owner| Some(&owner.uid) == set.metadata.uid.as_ref())
    };
    let mut kept: Vec<&ControllerRevision> = seen.iter().filter(is_own).collect();
    kept.sort_by(|left, right| (left.revision, &left.metadata.name).cmp(&(right.revision, &right.metadata.name)));
    kept
}

fn name_of(revision: &ControllerRevision) -> String {
    revision.metadata.name.clone().unwrap_or_default()
}

/// The template as revisions keep it: a patch that replaces it.
fn data(template: &PodTemplateSpec) -> Value {
    let mut template = serde_json::to_value(template).unwrap_or_default();
    if let Some(fields) = template.as_object_mut() {
        fields.insert("$patch".to_owned(), "replace".into());
    }
    json!({"spec": {"template": template}})
}

fn template_of(revision: &ControllerRevision) -> Option<PodTemplateSpec> {
    let template = revision.data.as_ref()?.0.pointer("/spec/template")?;
    serde_json::from_value(template.clone()).ok()
}

fn new(set: &StatefulSet, data: Value, revision: i64, collisions: i32) -> ControllerRevision {
    let hash = hash(&data, collisions);
    let template = set.spec.as_ref().and_then(|spec| spec.template.metadata.as_ref());
    let mut labels = template.and_then(|metadata| metadata.labels.clone()).unwrap_or_default();
    labels.insert(HASH_LABEL.to_owned(), hash.clone());
    ControllerRevision {
        data: Some(RawExtension(data)),
        metadata: ObjectMeta {
            name: Some(format!("{}-{hash}", set_name(set))),
            namespace: set.metadata.namespace.clone(),
            labels: Some(labels),
            annotations: set.metadata.annotations.clone(),
            owner_references: Some(vec![identity::owner(set)]),
            ..ObjectMeta::default()
        },
        revision,
    }
}

/// FNV-1 (32 bits) of the data and the number of collisions, in decimal digits, each replaced by a letter. `serde_json` writes
/// keys in order, so the same template has the same hash in every run.
fn hash(data: &Value, collisions: i32) -> String {
    let mut text = data.to_string();
    if collisions > 0 {
        text.push_str(&collisions.to_string());
    }
    let sum = text.bytes().fold(0x811c_9dc5_u32, |sum, byte| sum.wrapping_mul(0x0100_0193) ^ u32::from(byte));
    sum.to_string().bytes().map(|digit| char::from(ALPHABET[usize::from(digit) % ALPHABET.len()])).collect()
}
