//! Manifests of one's own: what their containers are given, what they say, and what becomes of those that cannot run.

use std::fs;

use crate::support::runtime::{Form, Runtime};
use crate::wait::wait_until;

const GIVEN: &str = r#"
apiVersion: v1
kind: ConfigMap
metadata: {name: conf}
data: {greeting: hello, file.txt: "one line"}
---
apiVersion: v1
kind: Secret
metadata: {name: secret}
stringData: {word: sesame}
---
apiVersion: v1
kind: Pod
metadata: {name: given}
spec:
  restartPolicy: Never
  containers:
  - name: c
    image: consul:latest
    command: [/bin/sh, -c]
    args: ["echo $(POD) $(WORD) $greeting $(NONE); cat /conf/file.txt; echo; echo kept > /sub/file; cat /all/for-given/file"]
    env:
    - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
    - {name: WORD, valueFrom: {secretKeyRef: {name: secret, key: word}}}
    - {name: NONE, value: "[$(WORD)]"}
    envFrom: [{configMapRef: {name: conf}}]
    volumeMounts:
    - {name: conf, mountPath: /conf}
    - {name: own, mountPath: /all}
    - {name: own, mountPath: /sub, subPathExpr: for-$(POD)}
  volumes:
  - {name: conf, configMap: {name: conf}}
  - {name: own, emptyDir: {}}
"#;

const BROKEN: &str = r#"
apiVersion: v1
kind: Pod
metadata: {name: crashing}
spec: {containers: [{name: c, image: consul, command: [/bin/sh, -c, "echo going down; exit 3"]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: foreign}
spec: {containers: [{name: c, image: "nginx:1.25"}]}
"#;

fn written(runtime: &Runtime, text: &str) -> String {
    let path = runtime.state_dir().join("manifest.yaml");
    fs::write(&path, text).expect("writes");
    path.to_string_lossy().into_owned()
}

#[test]
fn a_container_is_given_its_variables_and_volumes() {
    let runtime = Runtime::new(Form::Loopback);
    let up = runtime.up(&[&written(&runtime, GIVEN)]);
    if up.err.contains("without mounts, only the built-in consul can run") {
        println!("skipped: this user may have no mounts");
        return;
    }
    up.success();
    let log = runtime.kube(&["logs", "-f", "given"]).success();
    assert_eq!(log, "given sesame hello [sesame]\none line\nkept\n");
    assert_eq!(runtime.kube(&["logs", "given", "--tail=1"]).success(), "kept\n");
    assert_eq!(runtime.kube(&["delete", "pod/given"]).success(), "pod \"given\" deleted\n");
    assert_eq!(
        runtime.kube(&["get", "pod", "given"]).failure(),
        "Error from server (NotFound): pods \"given\" not found\n"
    );
}

#[test]
fn what_cannot_run_says_why() {
    let runtime = Runtime::new(Form::Loopback);
    let up = runtime.up(&[&written(&runtime, BROKEN)]).failure();
    assert!(up.contains("pod/foreign: ImagePullBackOff: Back-off pulling image \"nginx:1.25\": "), "{up}");
    if up.contains("without mounts, only the built-in consul can run") {
        println!("skipped: this user may have no mounts");
        return;
    }
    wait_until("the pod that crashes is held back", || {
        let pod = runtime.kube(&["get", "pod", "crashing"]).success();
        if pod.contains("CrashLoopBackOff") { Ok(()) } else { Err(pod) }
    });
    assert_eq!(runtime.kube(&["logs", "crashing", "--previous"]).success(), "going down\n");
    assert_eq!(
        runtime.kube(&["logs", "foreign"]).failure(),
        "Error from server (BadRequest): container \"c\" in pod \"foreign\" is waiting to start: trying and failing to pull image\n"
    );
}
