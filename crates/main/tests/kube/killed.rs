//! kill -9 of the runtime, of a server, of everything.

use crate::support::runtime::{Form, Runtime, has_no_process, kill_server};
use crate::wait::wait_until;

#[test]
fn the_pods_of_a_killed_runtime_go_on_and_the_next_takes_them_over() {
    let runtime = Runtime::new(Form::Loopback);
    runtime.up(&[]).success();
    let before = runtime.three_ready(&[]);
    runtime.kill();
    assert!(runtime.kube(&["get", "pods"]).failure().contains("no runtime answers"));
    before[0].put("while", "nobody watched").success();
    runtime.up(&[]).success();
    let after = runtime.pods();
    assert_eq!(after, before);
    assert!(after.iter().all(|pod| pod.restarts == 0));
    assert_eq!(after[2].read("while"), "nobody watched");
}

#[test]
fn a_killed_leader_is_replaced_and_comes_back_under_its_name() {
    let runtime = Runtime::new(Form::Loopback);
    runtime.up(&[]).success();
    let pods = runtime.three_ready(&[]);
    let leader = wait_until("one leads", || pods[0].voters()?.1.ok_or("nobody leads".to_owned()));
    let (leading, others): (Vec<_>, Vec<_>) = pods.iter().partition(|pod| pod.name == leader);
    kill_server(leading[0]);
    wait_until("a write succeeds through another pod", || {
        let put = others[0].put("after", "the kill");
        if put.is_success { Ok(()) } else { Err(put.err) }
    });
    let back = wait_until("the pod runs again", || {
        let now = runtime.pods();
        let back = now.iter().find(|pod| pod.name == leader && pod.is_ready && pod.restarts == 1);
        back.cloned().ok_or_else(|| format!("{now:?}"))
    });
    assert_eq!((&back.uid, &back.address), (&leading[0].uid, &leading[0].address));
    wait_until("it reads what was written without it", || {
        let read = back.voters().map(|(voters, _)| voters)?;
        if read == 3 { Ok(()) } else { Err(format!("{read} voters")) }
    });
    assert_eq!(back.read("after"), "the kill");
}

#[test]
fn what_a_killed_runtime_left_can_be_stopped_and_removed() {
    let runtime = Runtime::new(Form::Loopback);
    runtime.up(&[]).success();
    runtime.kill();
    assert_ne!(runtime.processes(), []);
    assert!(runtime.kube(&["down", "--volumes"]).failure().contains("add --yes"));
    assert_eq!(
        runtime.kube(&["down", "--volumes", "--yes"]).success(),
        "stopped; volumes and their data are removed\n"
    );
    has_no_process(&runtime);
    assert!(!runtime.share().exists());
}
