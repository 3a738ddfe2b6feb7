//! The five conditions of a pod, in Kubernetes' order.

use k8s_openapi::api::core::v1::{Pod, PodCondition};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;

use super::Observed;
use super::containers::{Containers, is_ready, is_sidecar, is_step_done};
use crate::pod;

/// A condition that does not hold: why, as a word and as a sentence.
type Unmet = (&'static str, String);

pub(super) fn all(
    pod: &Pod,
    observed: &Observed,
    containers: &Containers<'_>,
    phase: &str,
    now: Timestamp,
) -> Vec<PodCondition> {
    let network = if observed.pod_ip.is_some() { None } else { Some(("", String::new())) };
    let (initialised, unready) = (unmet_initialised(containers, phase), unmet_ready(containers, phase));
    let gates = unready.clone().or_else(|| unmet_gates(pod));
    let wanted = [
        ("PodScheduled", None),
        ("PodReadyToStartContainers", network),
        ("Initialized", initialised),
        ("ContainersReady", unready),
        ("Ready", gates),
    ];
    let own: Vec<PodCondition> = wanted.into_iter().map(|(name, unmet)| condition(pod, name, unmet, now)).collect();
    // Conditions that others set (readiness gates, disruption) stay.
    let foreign = pod.status.iter().flat_map(|status| status.conditions.iter().flatten());
    let foreign = foreign.filter(|found| own.iter().all(|own| own.type_ != found.type_)).cloned();
    own.iter().cloned().chain(foreign).collect()
}

pub(super) fn unscheduled(pod: &Pod, message: &str, now: Timestamp) -> PodCondition {
    condition(pod, "PodScheduled", Some(("Unschedulable", message.to_owned())), now)
}

/// The time of the last change stays as long as the status does.
fn condition(pod: &Pod, name: &str, unmet: Option<Unmet>, now: Timestamp) -> PodCondition {
    let status = if unmet.is_none() { "True" } else { "False" };
    let before = pod::condition(pod, name).filter(|before| before.status == status);
    let (reason, message) = unmet.unwrap_or_default();
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    PodCondition {
        type_: name.to_owned(),
        status: status.to_owned(),
        reason: text(reason),
        message: text(&message),
        last_transition_time: before.and_then(|before| before.last_transition_time.clone()).or(Some(Time(now))),
        observed_generation: pod.metadata.generation,
        ..PodCondition::default()
    }
}

fn unmet_initialised(containers: &Containers<'_>, phase: &str) -> Option<Unmet> {
    if phase == "Succeeded" || containers.is_initialised() {
        return None;
    }
    let open = containers.initial.iter().filter(|(spec, seen)| !is_step_done(spec, *seen));
    let open: Vec<&str> = open.map(|(spec, _)| spec.name.as_str()).collect();
    Some(("ContainersNotInitialized", format!("containers with incomplete status: [{}]", open.join(" "))))
}

fn unmet_ready(containers: &Containers<'_>, phase: &str) -> Option<Unmet> {
    match phase {
        "Succeeded" => return Some(("PodCompleted", String::new())),
        "Failed" => return Some(("PodFailed", String::new())),
        _ => {}
    }
    let sidecars = containers.initial.iter().filter(|(spec, _)| is_sidecar(spec));
    let open = sidecars.chain(&containers.main);
    let open = open.filter(|(spec, seen)| !seen.is_some_and(|seen| is_ready(spec, seen)));
    let open: Vec<&str> = open.map(|(spec, _)| spec.name.as_str()).collect();
    (!open.is_empty()).then(|| ("ContainersNotReady", format!("containers with unready status: [{}]", open.join(" "))))
}

fn unmet_gates(pod: &Pod) -> Option<Unmet> {
    let gates = pod::spec(pod).and_then(|spec| spec.readiness_gates.as_deref()).unwrap_or_default();
    let open = gates
        .iter()
        .find(|gate| pod::condition(pod, &gate.condition_type).is_none_or(|condition| condition.status != "True"))?;
    let message = format!("corresponding condition of pod readiness gate \"{}\" does not exist.", open.condition_type);
    Some(("ReadinessGatesNotReady", message))
}
