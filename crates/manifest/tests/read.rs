//! Mistakes in manifests: all of them, each with its place and what to do.
#![expect(clippy::unwrap_used, reason = "a text that is read differently ends the test")]

use proconsul_manifest::{Kind, Source, Validation, read, status};
use proptest::prelude::*;

fn source(text: &str) -> Source {
    Source { name: "a.yaml".to_owned(), text: text.to_owned() }
}

fn mistakes(text: &str) -> Vec<String> {
    read(&[source(text)], Validation::Strict).unwrap_err().iter().map(ToString::to_string).collect()
}

const POD: &str =
    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\nspec:\n  containers:\n  - name: c\n    image: x:1\n";

#[test]
fn every_mistake_is_told_with_its_line() {
    let text = "\
apiVersion: v1
kind: Pod
metadata:
  name: P_1
spec:
  containers:
  - name: c
    imagee: x
    ports:
    - containerPort: \"80\"
    env:
    - name: A
      value: 8500
    - name: B
      value: yes
---
apiVersion: v1
kind: Deployment
---
apiVersion: apps/v1beta1
kind: StatefulSet
---
kind: Service
---
- a
";
    assert_eq!(
        mistakes(text),
        [
            "a.yaml:8:5: Pod \"P_1\": strict decoding error: unknown field \"spec.containers[0].imagee\": did you mean \"image\"?",
            "a.yaml:10:22: Pod \"P_1\": json: cannot unmarshal string into Go struct field ContainerPort.spec.containers.ports.containerPort \
             of type int32: write the value without quotes",
            "a.yaml:13:14: Pod \"P_1\": json: cannot unmarshal number into Go struct field EnvVar.spec.containers.env.value of type \
             string: put the value in quotes",
            "a.yaml:15:14: Pod \"P_1\": json: cannot unmarshal bool into Go struct field EnvVar.spec.containers.env.value of type \
             string: put the value in quotes",
            "a.yaml:18:7: no matches for kind \"Deployment\" in version \"v1\": served are ConfigMap (v1), PersistentVolume (v1), \
             PersistentVolumeClaim (v1), Pod (v1), Secret (v1), Service (v1), StatefulSet (apps/v1)",
            "a.yaml:21:7: no matches for kind \"StatefulSet\" in version \"apps/v1beta1\": write apiVersion: apps/v1",
            "a.yaml:23:7: Object 'apiVersion' is missing: every document needs apiVersion and kind",
            "a.yaml:25:1: a document must be a mapping with apiVersion, kind and metadata, this one is a list",
        ]
    );
}

#[test]
fn a_rule_that_is_broken_points_at_the_field() {
    let text = POD
        .replace("image: x:1", "image: x:1\n    ports:\n    - containerPort: 70000")
        .replace("name: p", "name: p\n  labels: {a: '-'}");
    assert_eq!(
        mistakes(&text).iter().map(|mistake| mistake.split(": Invalid").next().unwrap().to_owned()).collect::<Vec<_>>(),
        ["a.yaml:5:3: Pod \"p\": metadata.labels", "a.yaml:11:7: Pod \"p\": spec.containers[0].ports[0].containerPort"]
    );
}

#[test]
fn duplicate_fields_are_mistakes_or_warnings() {
    let text = format!("{POD}    image: y:1\n");
    assert_eq!(
        mistakes(&text),
        [
            "a.yaml:9:5: Pod \"p\": strict decoding error: duplicate field \"spec.containers[0].image\": it stands on line 8 already, keep one"
        ]
    );
    let found = read(&[source(&text)], Validation::Warn).unwrap();
    assert_eq!(found.objects[0].value.pointer("/spec/containers/0/image").unwrap(), "y:1");
    assert_eq!(found.warnings.len(), 1);
}

#[test]
fn the_same_object_twice_is_a_mistake() {
    assert_eq!(
        mistakes(&format!("{POD}---\n{POD}")),
        [
            "a.yaml:13:3: Pod \"p\": the object stands in a.yaml line 1 already: give one of them another name, or remove it"
        ]
    );
}

#[test]
fn lists_and_json_are_read_like_documents() {
    let text = "{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \
                \"metadata\": {\"name\": \"a\"}, \"data\": {\"k\": \"v\"}}, {\"apiVersion\": \"v1\", \"kind\": \"Secret\", \"metadata\": {\"name\": \"b\"}}]}";
    let found = read(&[source(text)], Validation::Strict).unwrap();
    assert_eq!(found.objects.iter().map(|object| object.kind).collect::<Vec<_>>(), [Kind::ConfigMap, Kind::Secret]);
}

#[test]
fn values_of_yaml_1_1_reach_the_object_as_kubernetes_sees_them() {
    let text = format!("{POD}  volumes:\n  - name: v\n    configMap: {{name: m, defaultMode: 0644, optional: yes}}\n");
    let found = read(&[source(&text)], Validation::Strict).unwrap();
    let map = found.objects[0].value.pointer("/spec/volumes/0/configMap").unwrap();
    assert_eq!((map["defaultMode"].clone(), map["optional"].clone()), (420.into(), true.into()));
}

#[test]
fn amounts_times_and_bytes_are_checked_while_reading() {
    let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: s, creationTimestamp: yesterday}\ndata: {a: '%'}\n---\n\
                apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: c}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1 GB}}}\n";
    let found = mistakes(text);
    assert!(found[0].contains("parsing time \"yesterday\" in metadata.creationTimestamp"), "{found:#?}");
    assert!(found[1].contains("illegal base64 data in data[a]"), "{found:#?}");
    assert!(found[2].contains("quantities must match the regular expression"), "{found:#?}");
    assert_eq!(found.len(), 3);
}

#[test]
fn the_api_refuses_a_body_with_all_strict_mistakes_in_one_message() {
    let text = POD.replace("image: x:1", "image: x:1\n    imagee: y\n    image: z");
    let found = read(&[source(&text)], Validation::Strict).unwrap_err();
    assert_eq!(
        status::undecodable(Kind::Pod, &found)["message"],
        "Pod in version \"v1\" cannot be handled as a Pod: strict decoding error: unknown field \"spec.containers[0].imagee\", \
         duplicate field \"spec.containers[0].image\""
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&[source(&String::from_utf8_lossy(&bytes))], Validation::Strict);
    }

    #[test]
    fn no_damage_to_a_good_manifest_makes_it_panic(at in 0_usize..1000, cut in 0_usize..20, put in "[-:{}\\[\\],&*|>'\" \\na1~]{0,4}") {
        let mut text = include_str!("data/seed/4-statefulset.yaml").to_owned();
        let start = at.min(text.len());
        let end = (start + cut).min(text.len());
        text.replace_range(start..end, &put);
        let _ = read(&[source(&text)], Validation::Warn);
    }
}
