//! One rule at a time: a pod, nodes, and the node it gets or the reason it gets none.

use serde_json::{Value, json};

use super::*;

fn nodes(list: &[Value]) -> Vec<Node> {
    list.iter().map(|node| serde_json::from_value(node.clone()).unwrap()).collect()
}

fn node(name: &str) -> Value {
    json!({"metadata": {"name": name, "labels": {"kubernetes.io/hostname": name}}})
}

fn pod(name: &str, spec: Value) -> Pod {
    let mut pod = json!({"metadata": {"name": name, "namespace": "default", "uid": name, "labels": {"app": name}}, "spec": {"containers": []}});
    pod["spec"].as_object_mut().unwrap().extend(spec.as_object().unwrap().clone());
    serde_json::from_value(pod).unwrap()
}

fn place(pod: &Pod, nodes: &[Node], pods: &[Pod]) -> Result<String, String> {
    let cluster = Cluster { nodes, pods, claims: &[], volumes: &[] };
    schedule(pod, cluster).map_err(|why| why.to_string())
}

/// The reasons in a message, without what preemption would bring.
fn reasons(message: Result<String, String>) -> String {
    message.unwrap_err().split(". no new claims").next().unwrap().to_owned()
}

#[test]
fn without_nodes_the_scheduler_says_so() {
    assert_eq!(place(&pod("p", json!({})), &[], &[]), Err("no nodes available to schedule pods".to_owned()));
}

#[test]
fn each_rule_refuses_in_its_own_words() {
    let cordoned = json!({"metadata": {"name": "a"}, "spec": {"unschedulable": true, "taints": [{"key": node::CORDON, "effect": "NoSchedule"}]}});
    let tainted =
        json!({"metadata": {"name": "a"}, "spec": {"taints": [{"key": "k", "value": "v", "effect": "NoSchedule"}]}});
    let small = json!({"metadata": {"name": "a"}, "status": {"allocatable": {"cpu": "1", "memory": "1Gi"}}});
    let hungry = json!({"containers": [{"name": "c", "resources": {"requests": {"cpu": "2", "memory": "2Gi"}}}]});
    let ssd = json!({"nodeSelector": {"disk": "ssd"}});
    let near = json!({"affinity": {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
        {"labelSelector": {"matchLabels": {"app": "db"}}, "topologyKey": "kubernetes.io/hostname"}]}}});
    let even = json!({"topologySpreadConstraints": [
        {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {}}]});
    for (node, spec, reason) in [
        (cordoned, json!({}), "1 node(s) were unschedulable"),
        (tainted, json!({}), "1 node(s) had untolerated taint(s)"),
        (node("a"), ssd, "1 node(s) didn't match Pod's node affinity/selector"),
        (small, hungry, "1 Insufficient cpu, 1 Insufficient memory"),
        (node("a"), near, "1 node(s) didn't match pod affinity rules"),
        (node("a"), even, "1 node(s) didn't match pod topology spread constraints (missing required label)"),
    ] {
        let message = place(&pod("p", spec), &nodes(&[node]), &[]);
        assert_eq!(reasons(message), format!("0/1 nodes are available: {reason}"));
    }
}

#[test]
fn a_toleration_lets_a_pod_onto_a_tainted_node() {
    let tainted =
        json!({"metadata": {"name": "a"}, "spec": {"taints": [{"key": "k", "value": "v", "effect": "NoSchedule"}]}});
    let nodes = nodes(&[tainted]);
    for (toleration, fits) in [
        (json!({"operator": "Exists"}), true),
        (json!({"key": "k", "value": "v", "effect": "NoSchedule"}), true),
        (json!({"key": "k", "value": "w"}), false),
        (json!({"key": "k", "operator": "Exists", "effect": "NoExecute"}), false),
    ] {
        let pod = pod("p", json!({"tolerations": [toleration.clone()]}));
        assert_eq!(place(&pod, &nodes, &[]).is_ok(), fits, "{toleration}");
    }
}

#[test]
fn host_ports_are_given_once() {
    let spec =
        json!({"nodeName": "a", "containers": [{"name": "c", "ports": [{"containerPort": 80, "hostPort": 80}]}]});
    let mut second = pod("q", spec.clone());
    second.spec.as_mut().unwrap().node_name = None;
    let message = place(&second, &nodes(&[node("a")]), &[pod("p", spec)]);
    assert_eq!(
        reasons(message),
        "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports"
    );
}

#[test]
fn anti_affinity_holds_both_ways_and_until_the_other_is_gone() {
    let far = |app: &str| {
        json!({"nodeName": "a", "affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
            {"labelSelector": {"matchLabels": {"app": app}}, "topologyKey": "kubernetes.io/hostname"}]}}})
    };
    let nodes = nodes(&[node("a")]);
    let mut jealous = pod("p", far("q"));
    jealous.metadata.deletion_timestamp = Some(serde_json::from_value(json!("2026-01-01T00:00:00Z")).unwrap());
    let message = place(&pod("q", json!({})), &nodes, &[jealous.clone()]);
    assert_eq!(reasons(message), "0/1 nodes are available: 1 node(s) didn't satisfy existing pods anti-affinity rules");
    jealous.status = Some(serde_json::from_value(json!({"phase": "Succeeded"})).unwrap());
    assert_eq!(place(&pod("q", json!({})), &nodes, &[jealous]), Ok("a".to_owned()));
}

#[test]
fn reasons_are_counted_and_sorted_as_texts() {
    let cordoned = |name: &str| json!({"metadata": {"name": name}, "spec": {"unschedulable": true}});
    let taken = pod(
        "p",
        json!({"nodeName": "c", "containers": [{"name": "c", "ports": [{"containerPort": 1, "hostPort": 1}]}]}),
    );
    let mut wanted = taken.clone();
    wanted.spec.as_mut().unwrap().node_name = None;
    let nodes = nodes(&[cordoned("a"), cordoned("b"), node("c")]);
    assert_eq!(
        place(&wanted, &nodes, &[taken]).unwrap_err(),
        "0/3 nodes are available: 1 node(s) didn't have free ports for the requested pod ports, 2 node(s) were unschedulable. \
         no new claims to deallocate, preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, \
         2 Preemption is not helpful for scheduling."
    );
}

#[test]
fn pods_go_where_least_runs_and_by_number() {
    let nodes = nodes(&[node("node-10"), node("node-2"), node("node-1")]);
    let mut pods = Vec::new();
    for number in 0..4 {
        let name = format!("p{number}");
        let found = place(&pod(&name, json!({})), &nodes, &pods).unwrap();
        pods.push(pod(&name, json!({"nodeName": found})));
    }
    let found: Vec<&str> = pods.iter().filter_map(pod::node).collect();
    assert_eq!(found, ["node-1", "node-2", "node-10", "node-1"]);
}

#[test]
fn preferences_outweigh_emptiness() {
    let nodes = nodes(&[node("a"), node("b")]);
    let spec = json!({"affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [
        {"weight": 1, "preference": {"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": ["b"]}]}}]}}});
    let busy = [pod("x", json!({"nodeName": "b"})), pod("y", json!({"nodeName": "b"}))];
    assert_eq!(place(&pod("p", spec), &nodes, &busy), Ok("b".to_owned()));
}
