//! StatefulSets, Services, volumes, claims, ConfigMaps and Secrets.

use super::*;

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
