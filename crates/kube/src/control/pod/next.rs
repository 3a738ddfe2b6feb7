//! Which containers of a pod are due: those of initialisation one by one, then all others; ended ones again as the restart policy says.
//!
//! A pure function of the pod's specification and what its containers do.

use k8s_openapi::api::core::v1::{Container, Pod};
use proconsul_pods::{ContainerProcess, ContainerState, Exit, PodProcesses};

/// A container that is due.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Due<'a> {
    pub(super) container: &'a Container,
    /// The instance that ended before and how; the start waits for its back-off.
    pub(super) ended: Option<(u32, &'a Exit)>,
}

/// The containers that are to be started now or after their back-off. `is_started` tells of a running container whether its startup
/// probe has passed.
pub(super) fn due<'a>(pod: &'a Pod, processes: &'a PodProcesses, is_started: impl Fn(&str) -> bool) -> Vec<Due<'a>> {
    let Some(spec) = &pod.spec else { return Vec::new() };
    let policy = spec.restart_policy.as_deref().unwrap_or("Always");
    let mut due = Vec::new();
    for container in spec.init_containers.iter().flatten() {
        let is_sidecar = container.restart_policy.as_deref() == Some("Always");
        let policy = match (is_sidecar, policy) {
            (true, _) => "Always",
            (false, "Never") => "Never",
            (false, _) => "OnFailure",
        };
        let process = processes.container(&container.name);
        due.extend(one(container, process, policy));
        let is_passed = match process.map(|process| &process.state) {
            Some(ContainerState::Running { .. }) => is_sidecar && is_started(&container.name),
            Some(ContainerState::Exited(exit)) => !is_sidecar && exit.code == 0,
            None => false,
        };
        if !is_passed {
            return due;
        }
    }
    due.extend(
        spec.containers.iter().filter_map(|container| one(container, processes.container(&container.name), policy)),
    );
    due
}

fn one<'a>(container: &'a Container, process: Option<&'a ContainerProcess>, policy: &str) -> Option<Due<'a>> {
    let Some(process) = process else { return Some(Due { container, ended: None }) };
    let exit = process.exit()?;
    let is_wanted = match policy {
        "Always" => true,
        "OnFailure" => exit.code != 0,
        _ => false,
    };
    is_wanted.then_some(Due { container, ended: Some((process.instance, exit)) })
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use proconsul_pods::ExitReason;
    use serde_json::json;

    use super::*;

    fn pod(policy: &str) -> Pod {
        serde_json::from_value(json!({"spec": {
            "restartPolicy": policy,
            "initContainers": [{"name": "first"}, {"name": "side", "restartPolicy": "Always"}],
            "containers": [{"name": "a"}, {"name": "b"}],
        }}))
        .expect("a pod")
    }

    fn running(name: &str) -> ContainerProcess {
        let state = ContainerState::Running { pid: 1, started_at: SystemTime::UNIX_EPOCH };
        ContainerProcess { name: name.to_owned(), instance: 0, state, last: None }
    }

    fn ended(name: &str, code: i32) -> ContainerProcess {
        let time = SystemTime::UNIX_EPOCH;
        let reason = if code == 0 { ExitReason::Completed } else { ExitReason::Error };
        let exit = Exit { code, signal: None, reason, message: String::new(), started_at: time, finished_at: time };
        ContainerProcess { state: ContainerState::Exited(exit), ..running(name) }
    }

    fn check(policy: &str, containers: Vec<ContainerProcess>, expected: &[&str]) {
        let (pod, processes) = (pod(policy), PodProcesses { containers });
        let due = due(&pod, &processes, |_| true);
        assert_eq!(due.iter().map(|due| due.container.name.as_str()).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn initialisation_goes_one_by_one_and_a_sidecar_only_has_to_run() {
        check("Always", vec![], &["first"]);
        check("Always", vec![running("first")], &[]);
        check("Always", vec![ended("first", 1)], &["first"]);
        check("Never", vec![ended("first", 1)], &[]);
        check("Always", vec![ended("first", 0)], &["side"]);
        check("Always", vec![ended("first", 0), running("side")], &["a", "b"]);
    }

    #[test]
    fn an_ended_container_starts_again_as_the_policy_says() {
        let all = |code| vec![ended("first", 0), running("side"), running("a"), ended("b", code)];
        check("Always", all(0), &["b"]);
        check("OnFailure", all(0), &[]);
        check("OnFailure", all(3), &["b"]);
        check("Never", all(3), &[]);
    }
}
