//! From what the containers of a pod do to what the pod says about itself: phase, conditions, container statuses.

mod conditions;
mod containers;

use k8s_openapi::api::core::v1::{HostIP, Pod, PodIP, PodStatus};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;

use crate::pod;

/// What is seen of a pod that has a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// Its address, once its network is there.
    pub pod_ip: Option<String>,
    /// The address of its node.
    pub host_ip: Option<String>,
    /// When the node took it up.
    pub start_time: Option<Timestamp>,
    /// Its containers, those of initialisation included, in any order; one that is not among them has not been touched yet.
    pub containers: Vec<Container>,
}

/// What is seen of one container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// What it does.
    pub state: State,
    /// How it ended before.
    pub last: Option<Ended>,
    /// How often it was started again.
    pub restarts: u32,
    /// Whether its readiness probe, if it has one, says it is ready.
    pub is_probed_ready: bool,
    /// Whether its startup probe, if it has one, has passed.
    pub is_probed_started: bool,
    /// What runs, by digest or by name: `builtin://proconsul@0.1.0`.
    pub image_id: String,
    /// Which process it is: `proconsul://<id>`.
    pub id: Option<String>,
}

/// What a container does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It waits to be started.
    Waiting {
        /// Why: `ContainerCreating`, `CrashLoopBackOff`, `ImagePullBackOff`, `CreateContainerConfigError`, and so on.
        reason: String,
        /// A sentence about it; may be empty.
        message: String,
    },
    /// It runs.
    Running {
        /// Since when.
        started_at: Timestamp,
    },
    /// It ended, and is not to be started again at once.
    Ended(Ended),
}

/// How a container ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Its exit code; 128 and the signal's number for a signal.
    pub exit_code: i32,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// `Completed`, `Error`, `OOMKilled` and so on.
    pub reason: String,
    /// What it left to be said.
    pub message: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
}

/// The status of a pod with a node. Times of conditions that did not change are kept.
pub fn status(pod: &Pod, observed: &Observed, now: Timestamp) -> PodStatus {
    let before = pod.status.clone().unwrap_or_default();
    let containers = containers::Containers::of(pod, observed);
    let phase = match pod::phase(pod) {
        over @ ("Failed" | "Succeeded") => over,
        _ => containers.phase(),
    };
    let conditions = conditions::all(pod, observed, &containers, phase, now);
    let ips = |ip: &Option<String>| ip.clone().into_iter().collect::<Vec<_>>();
    let hosts: Vec<HostIP> = ips(&observed.host_ip).into_iter().map(|ip| HostIP { ip }).collect();
    let addresses: Vec<PodIP> = ips(&observed.pod_ip).into_iter().map(|ip| PodIP { ip }).collect();
    PodStatus {
        phase: Some(phase.to_owned()),
        conditions: Some(conditions),
        container_statuses: Some(containers.statuses(false)),
        init_container_statuses: Some(containers.statuses(true)).filter(|list| !list.is_empty()),
        host_ip: observed.host_ip.clone(),
        host_ips: Some(hosts).filter(|list| !list.is_empty()),
        pod_ip: observed.pod_ip.clone(),
        pod_ips: Some(addresses).filter(|list| !list.is_empty()),
        start_time: observed.start_time.map(Time).or(before.start_time.clone()),
        observed_generation: pod.metadata.generation,
        ..before
    }
}

/// The status of a pod that no node takes.
pub fn unschedulable(pod: &Pod, message: &str, now: Timestamp) -> PodStatus {
    let before = pod.status.clone().unwrap_or_default();
    let condition = conditions::unscheduled(pod, message, now);
    PodStatus { phase: Some("Pending".to_owned()), conditions: Some(vec![condition]), ..before }
}

#[cfg(test)]
mod tests;
