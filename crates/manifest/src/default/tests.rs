//! What comes out when little goes in.

use super::*;

#[test]
fn a_stateful_set_gets_the_defaults_of_kubernetes() {
    let mut set = json!({
        "metadata": {"name": "web"},
        "spec": {
            "serviceName": "web",
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{
                    "name": "c", "image": "nginx", "ports": [{"containerPort": 80}],
                    "readinessProbe": {"httpGet": {"port": 80}},
                    "env": [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]
                }], "volumes": [{"name": "tmp"}, {"name": "c", "configMap": {"name": "c"}}]}
            },
            "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {"resources": {"requests": {"storage": "1024Mi"}}}}]
        }
    });
    fill(&mut set, Kind::StatefulSet);
    let spec = &set["spec"];
    assert_eq!(spec["replicas"], 1);
    assert_eq!(spec["podManagementPolicy"], "OrderedReady");
    assert_eq!(spec["updateStrategy"], json!({"type": "RollingUpdate", "rollingUpdate": {"partition": 0}}));
    assert_eq!(spec["volumeClaimTemplates"][0]["spec"]["resources"]["requests"]["storage"], "1Gi");
    assert_eq!(spec["volumeClaimTemplates"][0]["status"]["phase"], "Pending");
    let pod = &spec["template"]["spec"];
    assert_eq!(pod["terminationGracePeriodSeconds"], 30);
    assert_eq!(pod["securityContext"], json!({}));
    assert_eq!(pod.get("enableServiceLinks"), None);
    let container = &pod["containers"][0];
    assert_eq!(container["imagePullPolicy"], "Always");
    assert_eq!(container["ports"][0]["protocol"], "TCP");
    assert_eq!(container["readinessProbe"]["httpGet"], json!({"port": 80, "path": "/", "scheme": "HTTP"}));
    assert_eq!(container["env"][0]["valueFrom"]["fieldRef"]["apiVersion"], "v1");
    assert_eq!(
        pod["volumes"],
        json!([{"name": "tmp", "emptyDir": {}}, {"name": "c", "configMap": {"name": "c", "defaultMode": 420}}])
    );
    assert_eq!(set["metadata"]["namespace"], "default");
}

#[test]
fn filling_twice_changes_nothing() {
    for (kind, mut value) in [
        (
            Kind::Pod,
            json!({"spec": {"containers": [{"name": "c", "image": "x:1", "resources": {"limits": {"cpu": "0.5"}}}]}}),
        ),
        (Kind::Service, json!({"spec": {"clusterIP": "None", "ports": [{"port": 80}]}})),
        (Kind::Secret, json!({"stringData": {"a": "b"}})),
        (Kind::PersistentVolume, json!({"spec": {"capacity": {"storage": "1024Mi"}}})),
    ] {
        fill(&mut value, kind);
        let once = value.clone();
        fill(&mut value, kind);
        assert_eq!(value, once);
    }
}

#[test]
fn string_data_of_a_secret_becomes_data() {
    let mut secret = json!({"stringData": {"user": "admin"}, "data": {"user": "eA==", "b": "eQ=="}});
    fill(&mut secret, Kind::Secret);
    assert_eq!(secret["data"], json!({"user": "YWRtaW4=", "b": "eQ=="}));
    assert_eq!(secret.get("stringData"), None);
    assert_eq!(secret["type"], "Opaque");
}

#[test]
fn a_pod_has_a_class_and_requests_from_its_limits() {
    let class = |resources: Value| {
        let mut pod = json!({"spec": {"containers": [{"name": "c", "image": "x:1", "resources": resources}]}});
        fill(&mut pod, Kind::Pod);
        (pod["status"]["qosClass"].clone(), pod["spec"]["containers"][0]["resources"]["requests"].clone())
    };
    assert_eq!(class(json!({})), ("BestEffort".into(), Value::Null));
    assert_eq!(
        class(json!({"limits": {"cpu": "0.5", "memory": "1Gi"}})),
        ("Guaranteed".into(), json!({"cpu": "500m", "memory": "1Gi"}))
    );
    assert_eq!(class(json!({"requests": {"cpu": "1"}})).0, "Burstable");
}

#[test]
fn an_image_is_pulled_always_only_when_its_tag_may_move() {
    let policy = |image: &str| {
        let mut pod = json!({"spec": {"containers": [{"name": "c", "image": image}]}});
        fill(&mut pod, Kind::Pod);
        pod["spec"]["containers"][0]["imagePullPolicy"].clone()
    };
    assert_eq!(policy("consul:latest"), "Always");
    assert_eq!(policy("registry:5000/consul"), "Always");
    assert_eq!(policy("consul:1.8"), "IfNotPresent");
    assert_eq!(policy("consul@sha256:00"), "IfNotPresent");
}
