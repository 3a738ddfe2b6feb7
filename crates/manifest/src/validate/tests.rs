//! One line per rule: a change to a good object, and what the API server says.

use serde_json::json;

use super::*;
use crate::default;

fn pod() -> Value {
    json!({"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "x:1"}]}})
}

fn set() -> Value {
    json!({"metadata": {"name": "web"}, "spec": {
        "serviceName": "web",
        "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "x:1"}]}}
    }})
}

fn service() -> Value {
    json!({"metadata": {"name": "s"}, "spec": {"ports": [{"name": "a", "port": 80}, {"name": "b", "port": 81}]}})
}

fn volume() -> Value {
    json!({"metadata": {"name": "v"}, "spec": {
        "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteMany"], "hostPath": {"path": "/data"}
    }})
}

fn claim() -> Value {
    json!({"metadata": {"name": "c"}, "spec": {
        "resources": {"requests": {"storage": "1Gi"}}, "accessModes": ["ReadWriteMany"]
    }})
}

fn config() -> Value {
    json!({"metadata": {"name": "m"}, "data": {"a": "1"}})
}

fn filled(kind: Kind, mut object: Value) -> Value {
    default::fill(&mut object, kind);
    object
}

fn texts(errors: &[FieldError]) -> Vec<String> {
    errors.iter().map(ToString::to_string).collect()
}

/// Replaces what a JSON pointer leads to; `null` removes it.
fn with(mut object: Value, pointer: &str, value: Value) -> Value {
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    let parent = object.pointer_mut(parent).unwrap();
    match parent {
        Value::Array(items) => items[last.parse::<usize>().unwrap()] = value,
        _ if value.is_null() => {
            parent.as_object_mut().unwrap().remove(last);
        }
        _ => parent[last] = value,
    }
    object
}

/// Each change must lead to exactly one error, which begins like this.
fn each(kind: Kind, good: &Value, cases: &[(&str, Value, &str)]) {
    assert_eq!(texts(&create(kind, &filled(kind, good.clone()))), Vec::<String>::new());
    for (pointer, value, expected) in cases {
        let errors = texts(&create(kind, &filled(kind, with(good.clone(), pointer, value.clone()))));
        assert!(errors.len() == 1 && errors[0].starts_with(expected), "{pointer} = {value}: {errors:#?}");
    }
}

#[test]
fn names_and_labels_follow_their_rules() {
    each(
        Kind::Pod,
        &pod(),
        &[
            ("/metadata/name", json!(null), "metadata.name: Required value: name or generateName is required"),
            ("/metadata/name", json!("A"), "metadata.name: Invalid value: \"A\": a lowercase RFC 1123 subdomain must"),
            (
                "/metadata/namespace",
                json!("a.b"),
                "metadata.namespace: Invalid value: \"a.b\": a lowercase RFC 1123 label",
            ),
            ("/metadata/labels", json!({"a": "-"}), "metadata.labels: Invalid value: \"-\": a valid label must"),
            ("/metadata/labels", json!({"a b": ""}), "metadata.labels: Invalid value: \"a b\": name part must consist"),
            (
                "/metadata/annotations",
                json!({"a": "x".repeat(262_144)}),
                "metadata.annotations: Too long: may not be more than 262144 bytes",
            ),
        ],
    );
    let named = with(service(), "/metadata/name", json!("0s"));
    assert!(texts(&create(Kind::Service, &filled(Kind::Service, named)))[0].contains("a DNS-1035 label must"));
    let spaced = with(volume(), "/metadata/namespace", json!("x"));
    assert_eq!(
        texts(&create(Kind::PersistentVolume, &filled(Kind::PersistentVolume, spaced))),
        ["metadata.namespace: Forbidden: not allowed on this type"]
    );
}

#[test]
fn pods_follow_their_rules() {
    each(
        Kind::Pod,
        &pod(),
        &[
            ("/spec/containers", json!([]), "spec.containers: Required value"),
            ("/spec/containers/0/name", json!(null), "spec.containers[0].name: Required value"),
            ("/spec/containers/0/image", json!(null), "spec.containers[0].image: Required value"),
            (
                "/spec/containers/0/ports",
                json!([{"containerPort": 0}]),
                "spec.containers[0].ports[0].containerPort: Required value",
            ),
            (
                "/spec/containers/0/ports",
                json!([{"containerPort": 70000}]),
                "spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive",
            ),
            (
                "/spec/containers/0/ports",
                json!([{"containerPort": 1, "name": "a"}, {"containerPort": 2, "name": "a"}]),
                "spec.containers[0].ports[1].name: Duplicate value: \"a\"",
            ),
            (
                "/spec/containers/0/ports",
                json!([{"containerPort": 1, "name": "abcdefghijklmnop"}]),
                "spec.containers[0].ports[0].name: Invalid value: \"abcdefghijklmnop\": must be no more than 15 characters",
            ),
            (
                "/spec/containers/0/ports",
                json!([{"containerPort": 1, "protocol": "tcp"}]),
                "spec.containers[0].ports[0].protocol: Unsupported value: \"tcp\": supported values: \"SCTP\", \"TCP\", \"UDP\"",
            ),
            (
                "/spec/containers/0/volumeMounts",
                json!([{"name": "x", "mountPath": "/x"}]),
                "spec.containers[0].volumeMounts[0].name: Not found: \"x\"",
            ),
            (
                "/spec/containers/0/env",
                json!([{"name": "A", "valueFrom": {}}]),
                "spec.containers[0].env[0].valueFrom: Invalid value: {}: must specify one of: `fieldRef`",
            ),
            (
                "/spec/containers/0/env",
                json!([{"name": "A", "value": "x", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]),
                "spec.containers[0].env[0].valueFrom: Invalid value: ",
            ),
            (
                "/spec/containers/0/env",
                json!([{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "status.phase"}}}]),
                "spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Unsupported value: \"status.phase\": supported values: \"metadata.name\"",
            ),
            (
                "/spec/containers/0/env",
                json!([{"name": "A=B"}]),
                "spec.containers[0].env[0].name: Invalid value: \"A=B\": a valid environment variable name",
            ),
            (
                "/spec/containers/0/resources",
                json!({"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}),
                "spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit of 1",
            ),
            (
                "/spec/containers/0/livenessProbe",
                json!({"tcpSocket": {"port": 1}, "successThreshold": 2}),
                "spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1",
            ),
            (
                "/spec/containers/0/readinessProbe",
                json!({}),
                "spec.containers[0].readinessProbe: Required value: must specify a handler type",
            ),
            (
                "/spec/containers/0/readinessProbe",
                json!({"exec": {"command": ["a"]}, "tcpSocket": {"port": 1}}),
                "spec.containers[0].readinessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type",
            ),
            (
                "/spec/initContainers",
                json!([{"name": "i", "image": "x", "livenessProbe": {"tcpSocket": {"port": 1}}}]),
                "spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always",
            ),
            (
                "/spec/initContainers",
                json!([{"name": "c", "image": "x"}]),
                "spec.initContainers[0].name: Duplicate value: \"c\"",
            ),
            (
                "/spec/volumes",
                json!([{"name": "v", "emptyDir": {}, "hostPath": {"path": "/x"}}]),
                "spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type",
            ),
            (
                "/spec/volumes",
                json!([{"name": "v", "hostPath": {"path": "/a/../b"}}]),
                "spec.volumes[0].hostPath.path: Invalid value: \"/a/../b\": must not contain '..'",
            ),
            (
                "/spec/volumes",
                json!([{"name": "v", "hostPath": {"path": "/a", "type": "Dir"}}]),
                "spec.volumes[0].hostPath.type: Unsupported value: \"Dir\"",
            ),
            (
                "/spec/restartPolicy",
                json!("Sometimes"),
                "spec.restartPolicy: Unsupported value: \"Sometimes\": supported values: \"Always\", \"OnFailure\", \"Never\"",
            ),
            ("/spec/hostname", json!("a.b"), "spec.hostname: Invalid value: \"a.b\": a lowercase RFC 1123 label"),
            (
                "/spec/tolerations",
                json!([{"operator": "Equal"}]),
                "spec.tolerations[0].operator: Invalid value: \"Equal\": operator must be Exists when `key` is empty",
            ),
            (
                "/spec/affinity",
                json!({"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{"labelSelector": {}, "topologyKey": ""}]}}),
                "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Required value: can not be empty",
            ),
            (
                "/spec/affinity",
                json!({"podAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 0, "podAffinityTerm": {"topologyKey": "a"}}]}}),
                "spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 0: must be in the range 1-100",
            ),
        ],
    );
}

#[test]
fn a_sub_path_may_not_lead_out_of_its_volume() {
    let mount = |change: Value| {
        let mut pod = pod();
        pod["spec"]["volumes"] = json!([{"name": "v", "emptyDir": {}}]);
        let mut mount = json!({"name": "v", "mountPath": "/v"});
        mount.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        pod["spec"]["containers"][0]["volumeMounts"] = json!([mount]);
        texts(&create(Kind::Pod, &filled(Kind::Pod, pod)))
    };
    let path = "spec.containers[0].volumeMounts[0]";
    assert_eq!(
        mount(json!({"subPath": "/a"})),
        [format!("{path}.subPath: Invalid value: \"/a\": must be a relative path")]
    );
    assert_eq!(
        mount(json!({"subPath": "a/../b"})),
        [format!("{path}.subPath: Invalid value: \"a/../b\": must not contain '..'")]
    );
    assert_eq!(
        mount(json!({"subPath": "a", "subPathExpr": "b"})),
        [format!("{path}.subPathExpr: Invalid value: \"b\": subPathExpr and subPath are mutually exclusive")]
    );
    assert_eq!(mount(json!({"subPath": "a..b"})), Vec::<String>::new());
}

#[test]
fn stateful_sets_follow_their_rules() {
    each(
        Kind::StatefulSet,
        &set(),
        &[
            ("/spec/selector", json!(null), "spec.selector: Required value"),
            (
                "/spec/selector",
                json!({}),
                "spec.selector: Invalid value: {}: empty selector is invalid for statefulset",
            ),
            (
                "/spec/template/metadata/labels",
                json!({"app": "x"}),
                "spec.template.metadata.labels: Invalid value: {\"app\":\"x\"}: `selector` does not match template `labels`",
            ),
            (
                "/spec/template/spec/restartPolicy",
                json!("Never"),
                "spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"",
            ),
            (
                "/spec/template/spec/activeDeadlineSeconds",
                json!(5),
                "spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in StatefulSet is not Supported",
            ),
            ("/spec/replicas", json!(-1), "spec.replicas: Invalid value: -1: must be greater than or equal to 0"),
            (
                "/spec/podManagementPolicy",
                json!("Any"),
                "spec.podManagementPolicy: Invalid value: \"Any\": must be 'OrderedReady' or 'Parallel'",
            ),
            (
                "/spec/updateStrategy",
                json!({"type": "OnDelete", "rollingUpdate": {}}),
                "spec.updateStrategy.rollingUpdate: Invalid value: {}: only allowed for updateStrategy 'RollingUpdate'",
            ),
            (
                "/spec/updateStrategy",
                json!({"rollingUpdate": {"partition": -1}}),
                "spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than or equal to 0",
            ),
            (
                "/spec/persistentVolumeClaimRetentionPolicy",
                json!({"whenScaled": "Keep"}),
                "spec.persistentVolumeClaimRetentionPolicy.whenScaled: Unsupported value: \"Keep\": supported values: \"Retain\", \"Delete\"",
            ),
            (
                "/spec/volumeClaimTemplates",
                json!([{"metadata": {"name": "d"}, "spec": {"accessModes": ["ReadWriteOnce"]}}]),
                "spec.volumeClaimTemplates[0].spec.resources[storage]: Required value",
            ),
        ],
    );
    let mounted =
        with(set(), "/spec/template/spec/containers/0/volumeMounts", json!([{"name": "data", "mountPath": "/d"}]));
    assert_eq!(texts(&create(Kind::StatefulSet, &filled(Kind::StatefulSet, mounted))), Vec::<String>::new());
}

#[test]
fn services_follow_their_rules() {
    each(
        Kind::Service,
        &service(),
        &[
            ("/spec/ports", json!([]), "spec.ports: Required value"),
            ("/spec/ports/0/name", json!(null), "spec.ports[0].name: Required value"),
            ("/spec/ports/1/name", json!("a"), "spec.ports[1].name: Duplicate value: \"a\""),
            ("/spec/ports/1/port", json!(80), "spec.ports[1]: Duplicate value: {"),
            (
                "/spec/ports/0/nodePort",
                json!(30080),
                "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
            ),
            ("/spec/type", json!("Cluster"), "spec.type: Unsupported value: \"Cluster\""),
            (
                "/spec/sessionAffinity",
                json!("Client"),
                "spec.sessionAffinity: Unsupported value: \"Client\": supported values: \"ClientIP\", \"None\"",
            ),
            (
                "/spec/clusterIP",
                json!("here"),
                "spec.clusterIP: Invalid value: \"here\": must be empty, 'None', or a valid IP address",
            ),
            ("/spec/type", json!("ExternalName"), "spec.externalName: Required value"),
        ],
    );
    let headless = json!({"metadata": {"name": "s"}, "spec": {"clusterIP": "None"}});
    each(
        Kind::Service,
        &headless,
        &[(
            "/spec/type",
            json!("NodePort"),
            "spec.clusterIP: Invalid value: \"None\": may not be set to 'None' for NodePort services",
        )],
    );
}

#[test]
fn volumes_and_claims_follow_their_rules() {
    each(
        Kind::PersistentVolume,
        &volume(),
        &[
            ("/spec/capacity", json!(null), "spec.capacity: Required value"),
            (
                "/spec/capacity",
                json!({"storage": "1Gi", "cpu": "1"}),
                "spec.capacity: Unsupported value: \"cpu\": supported values: \"storage\"",
            ),
            ("/spec/accessModes", json!([]), "spec.accessModes: Required value"),
            ("/spec/accessModes", json!(["RWX"]), "spec.accessModes[0]: Unsupported value: \"RWX\""),
            ("/spec/hostPath", json!(null), "spec: Required value: must specify a volume type"),
            (
                "/spec/nfs",
                json!({"server": "a", "path": "/b"}),
                "spec.nfs: Forbidden: may not specify more than 1 volume type",
            ),
        ],
    );
    each(
        Kind::PersistentVolumeClaim,
        &claim(),
        &[
            ("/spec/accessModes", json!([]), "spec.accessModes: Required value: at least 1 access mode is required"),
            (
                "/spec/accessModes",
                json!(["ReadWriteOncePod", "ReadWriteOnce"]),
                "spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes",
            ),
            ("/spec/resources", json!({}), "spec.resources[storage]: Required value"),
            (
                "/spec/resources/requests/storage",
                json!("0"),
                "spec.resources[storage]: Invalid value: \"0\": must be greater than zero",
            ),
        ],
    );
}

#[test]
fn config_maps_and_secrets_follow_their_rules() {
    each(
        Kind::ConfigMap,
        &config(),
        &[
            ("/data", json!({"a/b": ""}), "data[a/b]: Invalid value: \"a/b\": a valid config key must consist"),
            ("/data", json!({"..": ""}), "data[..]: Invalid value: \"..\": must not be '..'"),
            ("/binaryData", json!({"a": ""}), "data[a]: Invalid value: \"a\": duplicate of key present in binaryData"),
            ("/data", json!({"a": "x".repeat(1_048_577)}), "data: Too long: may not be more than 1048576 bytes"),
        ],
    );
    let tls = json!({"metadata": {"name": "s"}, "type": "kubernetes.io/tls", "data": {"tls.crt": "", "tls.key": ""}});
    each(Kind::Secret, &tls, &[("/data/tls.key", json!(null), "data[tls.key]: Required value")]);
}

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
