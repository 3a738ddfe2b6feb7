//! The manifests that the program carries: three servers that keep their data, in both forms of isolation.

use std::collections::BTreeSet;

use crate::support::pod::Pod;
use crate::support::runtime::{Form, Runtime, has_no_process};
use crate::wait::wait_until;

#[test]
fn the_embedded_manifests_are_a_cluster_that_keeps_its_data_on_loopback_addresses() {
    let runtime = Runtime::new(Form::Loopback);
    if runtime.comes_up(&[]) {
        tell(&runtime);
    }
}

#[test]
fn the_embedded_manifests_are_a_cluster_that_keeps_its_data_in_namespaces() {
    let runtime = Runtime::new(Form::Namespaces);
    if runtime.comes_up(&[]) {
        tell(&runtime);
    }
}

fn tell(runtime: &Runtime) {
    let pods = runtime.three_ready(&[]);
    are_three_servers(runtime, &pods);
    for number in 0..5 {
        pods[number % 3].put(&format!("before/{number}"), &number.to_string()).success();
    }
    runtime.kube(&["delete", "pod", "consul-0", "consul-1", "consul-2"]).success();
    let back = runtime.three_ready(&pods);
    assert!(back.iter().all(|pod| pods.iter().all(|old| old.address != pod.address)), "{pods:?} {back:?}");
    wait_until("a write succeeds again", || {
        if let Ok((voters, _)) = back[1].voters() {
            assert_eq!(voters, 3, "a server lost its vote");
        }
        let put = back[2].put("after", "the change");
        if put.is_success { Ok(()) } else { Err(put.err) }
    });
    assert_eq!(back[0].read("after"), "the change");
    for number in 0..5 {
        assert_eq!(back[number % 3].read(&format!("before/{number}")), number.to_string());
    }
    goes_without_a_trace(runtime);
}

fn are_three_servers(runtime: &Runtime, pods: &[Pod]) {
    assert_eq!(pods.iter().map(|pod| &pod.node).collect::<BTreeSet<_>>().len(), 3, "{pods:?}");
    let answer = pods[0].answer("/");
    assert!(answer.starts_with("HTTP/1.1 301 "), "{answer}");
    assert!(answer.contains("<a href=\"/ui/\">Moved Permanently</a>."), "{answer}");
    let (voters, leader) = wait_until("three servers vote", || match pods[0].voters() {
        Ok(found @ (3, _)) => Ok(found),
        other => Err(format!("{other:?}")),
    });
    assert_eq!(voters, 3);
    assert!(leader.is_some());
    pods[1].put("greeting", "hello").success();
    for pod in pods {
        assert_eq!(pod.read("greeting"), "hello");
        let files = runtime.share().join("data").join(&pod.name);
        assert!(files.join("raft").is_dir(), "{} holds no data", files.display());
    }
}

fn goes_without_a_trace(runtime: &Runtime) {
    let down = runtime.kube(&["down"]).success();
    assert_eq!(down, "stopped; volumes and their data are kept\n");
    has_no_process(runtime);
    assert!(!runtime.state_dir().join("kube.sock").exists());
    if let Some(bridge) = runtime.bridge() {
        assert!(!std::path::Path::new("/sys/class/net").join(bridge).exists());
    }
    assert!(runtime.share().join("data/consul-0/raft").is_dir());
}
