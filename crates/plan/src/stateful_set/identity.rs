//! Names, and the pods and claims that bear them.

use std::collections::BTreeMap;

use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{
    PersistentVolumeClaim, PersistentVolumeClaimVolumeSource, Pod, PodTemplateSpec, Volume,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};

use super::revision;

/// The label with the pod's own name, so that a Service can pick one pod.
pub(super) const NAME_LABEL: &str = "statefulset.kubernetes.io/pod-name";
/// The label with the pod's ordinal.
pub(super) const INDEX_LABEL: &str = "apps.kubernetes.io/pod-index";

/// `web-0`.
pub fn pod_name(set: &str, ordinal: i32) -> String {
    format!("{set}-{ordinal}")
}

/// `data-web-0`.
pub fn claim_name(template: &str, set: &str, ordinal: i32) -> String {
    format!("{template}-{set}-{ordinal}")
}

/// The ordinal in a pod's name, when the rest of it is the set's name.
pub fn ordinal(set: &str, pod: &str) -> Option<i32> {
    let digits = pod.strip_prefix(set)?.strip_prefix('-')?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

/// `metadata.name` of the set.
pub(super) fn set_name(set: &StatefulSet) -> &str {
    set.metadata.name.as_deref().unwrap_or_default()
}

/// The reference that makes the set the controller of an object.
pub(super) fn owner(set: &StatefulSet) -> OwnerReference {
    OwnerReference {
        api_version: "apps/v1".to_owned(),
        kind: "StatefulSet".to_owned(),
        name: set_name(set).to_owned(),
        uid: set.metadata.uid.clone().unwrap_or_default(),
        controller: Some(true),
        block_owner_deletion: Some(true),
    }
}

/// A new pod of the set from a version of its template.
pub(super) fn pod(set: &StatefulSet, template: &PodTemplateSpec, revision: &str, ordinal: i32) -> Pod {
    let name = pod_name(set_name(set), ordinal);
    let from = template.metadata.clone().unwrap_or_default();
    let mut labels = from.labels.unwrap_or_default();
    labels.extend(identity_labels(&name, ordinal));
    labels.insert(revision::POD_LABEL.to_owned(), revision.to_owned());
    let mut spec = template.spec.clone().unwrap_or_default();
    spec.hostname = Some(name.clone());
    spec.subdomain = set.spec.as_ref().and_then(|spec| spec.service_name.clone()).filter(|name| !name.is_empty());
    let claimed: Vec<Volume> = claims(set, ordinal).map(|(template, claim)| volume(template, claim)).collect();
    if !claimed.is_empty() {
        let volumes = spec.volumes.get_or_insert_default();
        volumes.retain(|volume| claimed.iter().all(|claim| claim.name != volume.name));
        volumes.extend(claimed);
    }
    Pod {
        metadata: ObjectMeta {
            name: Some(name),
            namespace: set.metadata.namespace.clone(),
            labels: Some(labels),
            annotations: from.annotations,
            finalizers: from.finalizers,
            owner_references: Some(vec![owner(set)]),
            ..ObjectMeta::default()
        },
        spec: Some(spec),
        status: None,
    }
}

/// The labels every pod of a set bears beside those of its template.
pub(super) fn identity_labels(name: &str, ordinal: i32) -> [(String, String); 2] {
    [(NAME_LABEL.to_owned(), name.to_owned()), (INDEX_LABEL.to_owned(), ordinal.to_string())]
}

fn volume(name: &str, claim_name: String) -> Volume {
    let source = PersistentVolumeClaimVolumeSource { claim_name, read_only: None };
    Volume { name: name.to_owned(), persistent_volume_claim: Some(source), ..Volume::default() }
}

/// Claim template names of the set, each with the name of the claim of this ordinal.
pub(super) fn claims(set: &StatefulSet, ordinal: i32) -> impl Iterator<Item = (&str, String)> {
    templates(set).iter().filter_map(move |template| {
        let template = template.metadata.name.as_deref()?;
        Some((template, claim_name(template, set_name(set), ordinal)))
    })
}

fn templates(set: &StatefulSet) -> &[PersistentVolumeClaim] {
    set.spec.as_ref().and_then(|spec| spec.volume_claim_templates.as_deref()).unwrap_or_default()
}

/// The claims of this ordinal, as they are made.
pub(super) fn new_claims(set: &StatefulSet, ordinal: i32) -> Vec<PersistentVolumeClaim> {
    let selected = set.spec.as_ref().and_then(|spec| spec.selector.match_labels.clone()).unwrap_or_default();
    let claim = |template: &PersistentVolumeClaim| {
        let mut labels: BTreeMap<String, String> = template.metadata.labels.clone().unwrap_or_default();
        labels.extend(selected.clone());
        let name = template.metadata.name.as_deref().unwrap_or_default();
        PersistentVolumeClaim {
            metadata: ObjectMeta {
                name: Some(claim_name(name, set_name(set), ordinal)),
                namespace: set.metadata.namespace.clone(),
                labels: Some(labels),
                annotations: template.metadata.annotations.clone(),
                ..ObjectMeta::default()
            },
            spec: template.spec.clone(),
            status: None,
        }
    };
    templates(set).iter().map(claim).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ordinal_stands_behind_the_last_dash() {
        assert_eq!(ordinal("web", "web-12"), Some(12));
        assert_eq!(ordinal("web-1", "web-1-2"), Some(2));
        for other in ["web", "web-", "web-x", "web-+1", "web-1-2", "other-0"] {
            assert_eq!(ordinal("web", other), None, "{other}");
        }
        assert_eq!(claim_name("data", "web", 3), "data-web-3");
    }
}
