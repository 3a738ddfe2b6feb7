//! Pods, and the names and labels of all kinds.

use super::*;

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
fn containers_and_their_ports_follow_their_rules() {
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
        ],
    );
}

#[test]
fn variables_and_resources_follow_their_rules() {
    each(
        Kind::Pod,
        &pod(),
        &[
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
        ],
    );
}

#[test]
fn probes_and_init_containers_follow_their_rules() {
    each(
        Kind::Pod,
        &pod(),
        &[
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
        ],
    );
}

#[test]
fn volumes_and_placement_follow_their_rules() {
    each(
        Kind::Pod,
        &pod(),
        &[
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
