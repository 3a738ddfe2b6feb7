//! Phases and conditions from what containers do.

use serde_json::{Value, json};

use super::*;

fn pod(spec: Value) -> Pod {
    serde_json::from_value(json!({"metadata": {"name": "p"}, "spec": spec})).unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_second(1_700_000_000).unwrap()
}

fn container(name: &str, state: State) -> Container {
    Container {
        name: name.to_owned(),
        state,
        last: None,
        restarts: 0,
        is_probed_ready: false,
        is_probed_started: false,
        image_id: "builtin://x".to_owned(),
        id: Some("proconsul://1".to_owned()),
    }
}

fn running() -> State {
    State::Running { started_at: now() }
}

fn ended(exit_code: i32) -> State {
    let reason = if exit_code == 0 { "Completed" } else { "Error" }.to_owned();
    State::Ended(Ended {
        exit_code,
        signal: None,
        reason,
        message: String::new(),
        started_at: now(),
        finished_at: now(),
    })
}

fn waiting(reason: &str) -> State {
    State::Waiting { reason: reason.to_owned(), message: String::new() }
}

fn see(pod: &Pod, containers: Vec<Container>) -> PodStatus {
    let observed = Observed { pod_ip: Some("10.0.0.1".into()), host_ip: None, start_time: Some(now()), containers };
    status(pod, &observed, now())
}

fn conditions(status: &PodStatus) -> Vec<(String, String, String)> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let list = status.conditions.iter().flatten();
    list.map(|found| (found.type_.clone(), found.status.clone(), text(&found.message))).collect()
}

#[test]
fn the_phase_follows_from_the_containers_and_the_restart_policy() {
    let two = |policy: &str| pod(json!({"restartPolicy": policy, "containers": [{"name": "a"}, {"name": "b"}]}));
    for (policy, a, b, phase) in [
        ("Always", waiting("ContainerCreating"), waiting("ContainerCreating"), "Pending"),
        ("Always", running(), waiting("ContainerCreating"), "Running"),
        ("Always", ended(0), ended(1), "Running"),
        ("Never", ended(0), ended(0), "Succeeded"),
        ("Never", ended(0), ended(1), "Failed"),
        ("Never", ended(1), running(), "Running"),
        ("OnFailure", ended(0), ended(0), "Succeeded"),
        ("OnFailure", ended(0), ended(1), "Running"),
    ] {
        let status = see(&two(policy), vec![container("a", a.clone()), container("b", b.clone())]);
        assert_eq!(status.phase.as_deref(), Some(phase), "{policy} {a:?} {b:?}");
    }
}

#[test]
fn a_container_in_a_crash_loop_keeps_its_pod_running_but_not_ready() {
    let mut crashed = container("c", waiting("CrashLoopBackOff"));
    crashed.restarts = 3;
    let State::Ended(last) = ended(1) else { panic!("it ended") };
    crashed.last = Some(last);
    let status = see(&pod(json!({"containers": [{"name": "c"}]})), vec![crashed]);
    assert_eq!(status.phase.as_deref(), Some("Running"));
    let found = &status.container_statuses.as_ref().unwrap()[0];
    assert_eq!((found.restart_count, found.ready), (3, false));
    assert_eq!(found.state.as_ref().unwrap().waiting.as_ref().unwrap().reason.as_deref(), Some("CrashLoopBackOff"));
    assert_eq!(found.last_state.as_ref().unwrap().terminated.as_ref().unwrap().exit_code, 1);
    assert_eq!(conditions(&status)[4].1, "False");
}

#[test]
fn readiness_waits_for_probes() {
    let probed = pod(json!({"containers": [{"name": "c", "readinessProbe": {}}]}));
    let mut found = container("c", running());
    let status = see(&probed, vec![found.clone()]);
    assert_eq!(
        conditions(&status)[3],
        ("ContainersReady".to_owned(), "False".to_owned(), "containers with unready status: [c]".to_owned())
    );
    found.is_probed_ready = true;
    let names: Vec<String> = conditions(&see(&probed, vec![found]))
        .into_iter()
        .map(|(name, status, _)| format!("{name}={status}"))
        .collect();
    assert_eq!(
        names,
        [
            "PodScheduled=True",
            "PodReadyToStartContainers=True",
            "Initialized=True",
            "ContainersReady=True",
            "Ready=True"
        ]
    );
}

#[test]
fn initialisation_comes_first() {
    let pod = pod(
        json!({"initContainers": [{"name": "i"}, {"name": "s", "restartPolicy": "Always"}], "containers": [{"name": "c"}]}),
    );
    let status = see(&pod, vec![container("i", ended(0))]);
    assert_eq!(status.phase.as_deref(), Some("Pending"));
    assert_eq!(conditions(&status)[2].2, "containers with incomplete status: [s]");
    let waits = &status.container_statuses.as_ref().unwrap()[0].state.as_ref().unwrap().waiting;
    assert_eq!(waits.as_ref().unwrap().reason.as_deref(), Some("PodInitializing"));
    let status = see(&pod, vec![container("i", ended(0)), container("s", running()), container("c", running())]);
    assert_eq!(status.phase.as_deref(), Some("Running"));
    assert_eq!(conditions(&status)[4].1, "True");
}

#[test]
fn the_time_of_a_condition_stays_until_it_changes() {
    let mut pod = pod(json!({"containers": [{"name": "c"}]}));
    let observed = |state| Observed {
        pod_ip: Some("10.0.0.1".into()),
        host_ip: None,
        start_time: None,
        containers: vec![container("c", state)],
    };
    let later = Timestamp::from_second(now().as_second() + 60).unwrap();
    pod.status = Some(status(&pod, &observed(running()), now()));
    let ready = |status: &PodStatus| status.conditions.as_ref().unwrap()[4].last_transition_time.as_ref().unwrap().0;
    assert_eq!(ready(&status(&pod, &observed(running()), later)), now());
    assert_eq!(ready(&status(&pod, &observed(ended(1)), later)), later);
}
