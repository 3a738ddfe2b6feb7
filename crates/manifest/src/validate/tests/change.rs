//! What an update may and may not do, and how the API says no.

use super::*;

#[test]
fn what_may_not_change_is_named() {
    let set_update = "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals',";
    let pod_update = "spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`";
    let claim_update = "spec: Forbidden: spec is immutable after creation except resources.requests";
    for (kind, old, pointer, value, expected) in [
        (Kind::StatefulSet, set(), "/spec/serviceName", json!("other"), Some(set_update)),
        (Kind::StatefulSet, set(), "/spec/replicas", json!(5), None),
        (Kind::StatefulSet, set(), "/spec/template/spec/containers/0/image", json!("x:2"), None),
        (Kind::Pod, pod(), "/spec/containers/0/image", json!("x:2"), None),
        (Kind::Pod, pod(), "/spec/containers/0/command", json!(["x"]), Some(pod_update)),
        (
            Kind::Service,
            with(service(), "/spec/clusterIP", json!("10.0.0.1")),
            "/spec/clusterIP",
            json!("10.0.0.2"),
            Some("spec.clusterIPs[0]: Invalid value: [\"10.0.0.2\"]: may not change once set"),
        ),
        (Kind::Service, service(), "/spec/clusterIP", json!("10.0.0.2"), None),
        (
            Kind::PersistentVolume,
            volume(),
            "/spec/hostPath/path",
            json!("/x"),
            Some("spec: Forbidden: spec.persistentvolumesource is immutable after creation"),
        ),
        (
            Kind::PersistentVolume,
            volume(),
            "/spec/volumeMode",
            json!("Block"),
            Some("spec.volumeMode: Invalid value: \"Block\": field is immutable"),
        ),
        (Kind::PersistentVolumeClaim, claim(), "/spec/accessModes", json!(["ReadWriteOnce"]), Some(claim_update)),
        (Kind::PersistentVolumeClaim, claim(), "/spec/volumeName", json!("v"), None),
        (Kind::PersistentVolumeClaim, claim(), "/spec/resources/requests/storage", json!("2Gi"), Some(claim_update)),
        (
            Kind::ConfigMap,
            with(config(), "/immutable", json!(true)),
            "/data/a",
            json!("2"),
            Some("data: Forbidden: field is immutable when `immutable` is set"),
        ),
        (Kind::ConfigMap, config(), "/data/a", json!("2"), None),
        (
            Kind::Secret,
            json!({"metadata": {"name": "s"}}),
            "/type",
            json!("other"),
            Some("type: Invalid value: \"other\": field is immutable"),
        ),
    ] {
        let new = filled(kind, with(old.clone(), pointer, value.clone()));
        let errors = texts(&update(kind, &filled(kind, old), &new));
        match expected {
            None => assert_eq!(errors, Vec::<String>::new(), "{pointer}"),
            Some(expected) => {
                assert!(errors.len() == 1 && errors[0].starts_with(expected), "{pointer} = {value}: {errors:#?}")
            }
        }
    }
}

#[test]
fn a_bound_claim_may_grow_but_not_shrink() {
    let mut bound = filled(Kind::PersistentVolumeClaim, claim());
    bound["status"] = json!({"phase": "Bound", "capacity": {"storage": "1Gi"}});
    let sized = |size: &str| with(bound.clone(), "/spec/resources/requests/storage", json!(size));
    assert_eq!(update(Kind::PersistentVolumeClaim, &bound, &sized("2Gi")), []);
    assert_eq!(
        texts(&update(Kind::PersistentVolumeClaim, &bound, &sized("1Mi"))),
        ["spec.resources.requests.storage: Forbidden: field can not be less than status.capacity"]
    );
}

#[test]
fn the_api_says_no_with_every_cause() {
    let bad = filled(Kind::StatefulSet, with(with(set(), "/spec/replicas", json!(-1)), "/spec/selector", json!(null)));
    let status = crate::status::invalid(Kind::StatefulSet, "web", &create(Kind::StatefulSet, &bad));
    assert_eq!(status["code"], 422);
    assert_eq!(
        status["message"],
        "StatefulSet.apps \"web\" is invalid: [spec.replicas: Invalid value: -1: must be greater than or equal to 0, spec.selector: Required value]"
    );
    assert_eq!(
        status["details"]["causes"][1],
        json!({"reason": "FieldValueRequired", "message": "Required value", "field": "spec.selector"})
    );
}
