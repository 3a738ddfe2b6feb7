//! Virtual nodes: pods that must be apart wait for one of their own, and leave one that is closed.

use crate::support::runtime::{Form, Runtime};
use crate::wait::wait_until;

#[test]
fn a_pod_waits_for_a_node_and_leaves_a_closed_one_with_its_data() {
    let runtime = Runtime::new(Form::Loopback);
    let refused = runtime.up(&["--nodes=2", "--timeout=6s"]).failure();
    assert!(refused.contains("pod/consul-2: Pending: 0/2 nodes are available: "), "{refused}");
    let pods = runtime.pods();
    assert!(pods[2].unplaced.contains("2 node(s) didn't match pod anti-affinity rules."), "{pods:?}");

    runtime.up(&["--nodes=4"]).success();
    let pods = runtime.three_ready(&[]);
    pods[0].put("kept", "yes").success();
    let closed = &pods[1].node;
    assert_eq!(runtime.kube(&["cordon", closed]).success(), format!("node/{closed} cordoned\n"));
    runtime.kube(&["delete", "pod", "consul-1"]).success();
    let moved = wait_until("it is back elsewhere", || {
        let now = runtime.pods();
        let moved = now.iter().find(|pod| pod.name == "consul-1" && pod.is_ready && pod.uid != pods[1].uid);
        moved.cloned().ok_or_else(|| format!("{now:?}"))
    });
    assert_ne!(&moved.node, closed);
    wait_until("it is a voter again", || match moved.voters() {
        Ok((3, _)) => Ok(()),
        other => Err(format!("{other:?}")),
    });
    assert_eq!(moved.read("kept"), "yes");
}
