//! Rows as kubectl shows them.

use serde_json::json;

use super::*;

fn shown(kind: Kind, object: &Value) -> String {
    let now = "2026-01-01T00:03:12Z".parse().unwrap();
    let cells = row(kind, object, now);
    assert_eq!(cells.len(), columns(kind).len());
    cells
        .iter()
        .map(|cell| cell.as_str().map_or_else(|| cell.to_string(), str::to_owned))
        .collect::<Vec<_>>()
        .join(" | ")
}

fn pod(status: &Value) -> Value {
    json!({
        "metadata": {"name": "consul-0", "creationTimestamp": "2026-01-01T00:00:00Z"},
        "spec": {"nodeName": "node-1", "containers": [{"name": "consul"}]},
        "status": status
    })
}

#[test]
fn a_running_pod_shows_where_it_is() {
    let status = json!({"phase": "Running", "podIP": "10.0.0.7", "containerStatuses": [
        {"ready": true, "restartCount": 0, "state": {"running": {}}}]});
    assert_eq!(
        shown(Kind::Pod, &pod(&status)),
        "consul-0 | 1/1 | Running | 0 | 3m12s | 10.0.0.7 | node-1 | <none> | <none>"
    );
}

#[test]
fn the_status_of_a_pod_is_what_people_need_to_see_first() {
    let crashed = json!({"restartCount": 3, "state": {"waiting": {"reason": "CrashLoopBackOff"}},
        "lastState": {"terminated": {"finishedAt": "2026-01-01T00:03:00Z"}}});
    for (status, expected) in [
        (json!({"phase": "Pending"}), "0/1 | Pending | 0 |"),
        (json!({"phase": "Running", "containerStatuses": [crashed]}), "0/1 | CrashLoopBackOff | 3 (12s ago) |"),
        (json!({"phase": "Failed", "reason": "Evicted"}), "0/1 | Evicted | 0 |"),
        (
            json!({"phase": "Running", "containerStatuses": [{"state": {"terminated": {"reason": "OOMKilled"}}}]}),
            "0/1 | OOMKilled | 0 |",
        ),
        (
            json!({"phase": "Running", "containerStatuses": [{"state": {"terminated": {"exitCode": 3}}}]}),
            "0/1 | ExitCode:3 | 0 |",
        ),
        (
            json!({"phase": "Pending", "containerStatuses": [{"state": {"waiting": {"reason": "ImagePullBackOff"}}}]}),
            "0/1 | ImagePullBackOff | 0 |",
        ),
    ] {
        let row = shown(Kind::Pod, &pod(&status));
        assert!(row.contains(expected), "{row}");
    }
    let mut going = pod(&json!({"phase": "Running"}));
    going["metadata"]["deletionTimestamp"] = "2026-01-01T00:03:00Z".into();
    assert!(shown(Kind::Pod, &going).contains("| Terminating |"));
}

#[test]
fn initialisation_is_shown_by_its_step() {
    let mut pod = pod(&json!({"phase": "Pending", "initContainerStatuses": [
        {"name": "a", "state": {"terminated": {"exitCode": 0}}}, {"name": "b", "state": {"running": {}}}]}));
    pod["spec"]["initContainers"] = json!([{"name": "a"}, {"name": "b"}]);
    assert!(shown(Kind::Pod, &pod).contains("| Init:1/2 |"));
    pod["status"]["initContainerStatuses"][1]["state"] = json!({"terminated": {"exitCode": 1, "reason": "Error"}});
    assert!(shown(Kind::Pod, &pod).contains("| Init:Error |"));
}

#[test]
fn the_other_kinds_have_their_rows() {
    let set = json!({"metadata": {"name": "consul"}, "spec": {"replicas": 3, "template": {"spec": {"containers": [
        {"name": "consul", "image": "consul:latest"}]}}}, "status": {"readyReplicas": 2}});
    assert_eq!(shown(Kind::StatefulSet, &set), "consul | 2/3 | <unknown> | consul | consul:latest");
    let service = json!({"metadata": {"name": "consul"}, "spec": {"clusterIP": "None", "selector": {"k8s-app": "consul"}, "ports": [
        {"port": 8500, "protocol": "TCP"}, {"port": 80, "nodePort": 30080}]}});
    assert_eq!(
        shown(Kind::Service, &service),
        "consul | ClusterIP | None | <none> | 8500/TCP,80:30080/TCP | <unknown> | k8s-app=consul"
    );
    let volume = json!({"metadata": {"name": "nfs"}, "spec": {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteMany"],
        "persistentVolumeReclaimPolicy": "Retain", "storageClassName": "manual", "volumeMode": "Filesystem",
        "claimRef": {"namespace": "default", "name": "nfs"}}, "status": {"phase": "Bound"}});
    assert_eq!(
        shown(Kind::PersistentVolume, &volume),
        "nfs | 1Gi | RWX | Retain | Bound | default/nfs | manual | <unset> |  | <unknown> | Filesystem"
    );
    let claim = json!({"metadata": {"name": "nfs"}, "spec": {"volumeName": "nfs", "storageClassName": "manual", "volumeMode": "Filesystem"},
        "status": {"phase": "Bound", "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteMany"]}});
    assert_eq!(
        shown(Kind::PersistentVolumeClaim, &claim),
        "nfs | Bound | nfs | 1Gi | RWX | manual | <unset> | <unknown> | Filesystem"
    );
    assert_eq!(
        shown(Kind::Secret, &json!({"metadata": {"name": "s"}, "type": "Opaque", "data": {"a": ""}})),
        "s | Opaque | 1 | <unknown>"
    );
}

#[test]
fn ages_are_short() {
    for (seconds, text) in [
        (5, "5s"),
        (119, "119s"),
        (192, "3m12s"),
        (180, "3m"),
        (1620, "27m"),
        (18_240, "5h4m"),
        (100_000, "27h"),
        (334_800, "3d21h"),
        (3_888_000, "45d"),
        (63_936_000, "2y10d"),
    ] {
        assert_eq!(human(seconds), text);
    }
}
