//! What pods are started from, and what is said when something is missing.

use k8s_openapi::api::apps::v1::StatefulSet;
use serde_json::{Value, json};

use super::*;

struct Objects {
    maps: Vec<ConfigMap>,
    secrets: Vec<Secret>,
    services: Vec<Service>,
}

impl Objects {
    fn given(&self) -> Given<'_> {
        let allocatable = Allocatable { cpu_thousandths: 2000, memory_bytes: 1 << 30, ephemeral_storage_bytes: 0 };
        Given { config_maps: &self.maps, secrets: &self.secrets, services: &self.services, allocatable }
    }
}

fn objects() -> Objects {
    let from = |value: Value| value;
    Objects {
        maps: vec![serde_json::from_value(from(json!({"metadata": {"name": "m"}, "data": {"a": "1", "b": "2"}}))).unwrap()],
        secrets: vec![serde_json::from_value(json!({"metadata": {"name": "s"}, "data": {"k": "c2VjcmV0", "raw": "/w=="}})).unwrap()],
        services: vec![
            serde_json::from_value(json!({"metadata": {"name": "my-db"}, "spec": {"clusterIP": "10.96.0.5", "ports": [{"name": "sql", "port": 5432}]}}))
                .unwrap(),
            serde_json::from_value(json!({"metadata": {"name": "consul"}, "spec": {"clusterIP": "None", "ports": [{"port": 8500}]}})).unwrap(),
        ],
    }
}

fn pod(container: Value) -> Pod {
    let mut pod = json!({
        "metadata": {"name": "p-0", "namespace": "default", "uid": "u", "labels": {"app": "web"}},
        "spec": {"enableServiceLinks": false, "containers": [{"name": "c", "image": "x:1"}]},
        "status": {"podIP": "10.0.0.9"}
    });
    pod["spec"]["containers"][0].as_object_mut().unwrap().extend(container.as_object().unwrap().clone());
    serde_json::from_value(pod).unwrap()
}

fn start(pod: &Pod) -> Result<Launch, String> {
    super::container(pod, &pod.spec.as_ref().unwrap().containers[0], &objects().given())
        .map_err(|error| error.to_string())
}

#[test]
fn the_consul_manifest_is_started_with_its_address_and_folders() {
    let text = include_str!("../../../../deploy/kubernetes/4-statefulset.yaml");
    let source = proconsul_manifest::Source { name: "4".to_owned(), text: text.to_owned() };
    let mut read = proconsul_manifest::read(&[source], proconsul_manifest::Validation::Strict).unwrap();
    let set: StatefulSet = read.objects.remove(0).typed().unwrap();
    let template = set.spec.unwrap().template.spec.unwrap();
    let mut pod = pod(json!({}));
    pod.metadata.name = Some("consul-0".to_owned());
    pod.spec = Some(template);
    let launch = start(&pod).unwrap();
    assert!(launch.args.contains(&"-advertise=10.0.0.9".to_owned()), "{:?}", launch.args);
    assert!(launch.args.contains(&"-retry-join=consul-2.consul.default.svc.cluster.local".to_owned()));
    let mounts: Vec<_> = launch.mounts.iter().map(|mount| (mount.path.as_str(), mount.sub_path.as_deref())).collect();
    assert_eq!(mounts, [("/consul/data", Some("data/consul-0")), ("/consul/config", Some("config/consul-0"))]);
    let volumes = volumes(&pod, &objects().given()).unwrap();
    assert_eq!(volumes[0].source, Source::Claim { name: "nfs".to_owned(), is_read_only: false });
}

#[test]
fn variables_come_from_everywhere_and_later_ones_win() {
    let launch = start(&pod(json!({
        "envFrom": [{"configMapRef": {"name": "m"}, "prefix": "M_"}, {"configMapRef": {"name": "m"}}],
        "env": [
            {"name": "NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['app']"}}},
            {"name": "a", "value": "$(NAME)-$(b)-$(LATER)"},
            {"name": "LATER", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
            {"name": "GONE", "valueFrom": {"configMapKeyRef": {"name": "none", "key": "k", "optional": true}}},
            {"name": "CPU", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "1m"}}},
            {"name": "MEMORY", "valueFrom": {"resourceFieldRef": {"resource": "limits.memory", "divisor": "1Mi"}}}
        ],
        "resources": {"limits": {"cpu": "1500m"}},
        "args": ["$(a)", "$$(a)", "$(NOPE)"]
    })))
    .unwrap();
    let env: Vec<String> = launch.env.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(
        env,
        ["M_a=1", "M_b=2", "b=2", "NAME=web", "a=web-2-$(LATER)", "LATER=secret", "CPU=1500", "MEMORY=1024"]
    );
    assert_eq!(launch.args, ["web-2-$(LATER)", "$(a)", "$(NOPE)"]);
    assert_eq!((launch.cpu_thousandths_max, launch.memory_bytes_max), (Some(1500), None));
}

#[test]
fn services_with_an_address_are_named_in_variables() {
    let mut pod = pod(json!({}));
    pod.spec.as_mut().unwrap().enable_service_links = Some(true);
    let env = start(&pod).unwrap().env;
    let value = |name: &str| env.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    assert_eq!(value("MY_DB_SERVICE_HOST"), Some("10.96.0.5"));
    assert_eq!(value("MY_DB_SERVICE_PORT_SQL"), Some("5432"));
    assert_eq!(value("MY_DB_PORT_5432_TCP"), Some("tcp://10.96.0.5:5432"));
    assert_eq!(value("CONSUL_SERVICE_HOST"), None);
}

#[test]
fn what_is_missing_is_said_in_the_kubelets_words() {
    let from = |source: Value| json!({"env": [{"name": "A", "valueFrom": source}]});
    let mount = |path: &str| json!({"volumeMounts": [{"name": "v", "mountPath": "/v", "subPathExpr": path}], "env": [{"name": "UP", "value": "../x"}]});
    for (container, message) in [
        (json!({"envFrom": [{"configMapRef": {"name": "x"}}]}), "configmap \"x\" not found"),
        (from(json!({"secretKeyRef": {"name": "x", "key": "k"}})), "secret \"x\" not found"),
        (from(json!({"configMapKeyRef": {"name": "m", "key": "k"}})), "couldn't find key k in ConfigMap default/m"),
        (from(json!({"secretKeyRef": {"name": "s", "key": "x"}})), "couldn't find key x in Secret default/s"),
        (
            mount("$(NO)"),
            "failed to prepare subPath for volumeMount \"v\" of container \"c\": missing value for \"NO\"",
        ),
        (
            mount("a/$(UP)"),
            "failed to prepare subPath for volumeMount \"v\" of container \"c\": \"a/../x\" must be a relative path without '..'",
        ),
        (
            json!({"securityContext": {"runAsNonRoot": true}}),
            "container has runAsNonRoot and image will run as root (pod: \"p-0_default(u)\", container: c)",
        ),
    ] {
        assert_eq!(start(&pod(container)).unwrap_err(), message);
    }
    assert!(
        start(&pod(from(json!({"secretKeyRef": {"name": "s", "key": "raw"}})))).unwrap_err().contains("is no text")
    );
}

#[test]
fn volumes_hold_the_files_of_objects() {
    let mut pod = pod(json!({}));
    let list = json!([
        {"name": "all", "configMap": {"name": "m", "defaultMode": 0o600}},
        {"name": "one", "secret": {"secretName": "s", "items": [{"key": "k", "path": "keys/k", "mode": 0o400}]}},
        {"name": "self", "downwardAPI": {"items": [{"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}]}},
        {"name": "mix", "projected": {"sources": [{"configMap": {"name": "m", "items": [{"key": "a", "path": "x"}]}}, {"secret": {"name": "none", "optional": true}}]}},
        {"name": "tmp", "emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}}
    ]);
    pod.spec.as_mut().unwrap().volumes = Some(serde_json::from_value(list).unwrap());
    let found = volumes(&pod, &objects().given()).unwrap();
    let file = |path: &str, text: &str, mode| File { path: path.to_owned(), bytes: text.as_bytes().to_vec(), mode };
    assert_eq!(found[0].source, Source::Files(vec![file("a", "1", 0o600), file("b", "2", 0o600)]));
    assert_eq!(found[1].source, Source::Files(vec![file("keys/k", "secret", 0o400)]));
    assert_eq!(found[2].source, Source::Files(vec![file("labels", "app=\"web\"", 0o644)]));
    assert_eq!(found[3].source, Source::Files(vec![file("x", "1", 0o644)]));
    assert_eq!(found[4].source, Source::EmptyDir { is_in_memory: true, bytes_max: Some(1 << 20) });
}

#[test]
fn a_volume_that_cannot_be_had_is_said_in_the_kubelets_words() {
    let fails = |volume: Value| {
        let mut pod = pod(json!({}));
        pod.spec.as_mut().unwrap().volumes = Some(vec![serde_json::from_value(volume).unwrap()]);
        volumes(&pod, &objects().given()).unwrap_err().to_string()
    };
    assert_eq!(
        fails(json!({"name": "v", "configMap": {"name": "x"}})),
        "MountVolume.SetUp failed for volume \"v\" : configmap \"x\" not found"
    );
    assert_eq!(
        fails(json!({"name": "v", "configMap": {"name": "m", "items": [{"key": "k", "path": "k"}]}})),
        "MountVolume.SetUp failed for volume \"v\" : configmap references non-existent config key: k"
    );
    assert!(fails(json!({"name": "v", "iscsi": {"iqn": "", "lun": 0, "targetPortal": ""}})).contains("not served"));
}
