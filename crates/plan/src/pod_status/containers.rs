//! The containers of a pod: which wait, which run, which are done, and what that makes of the pod.

use k8s_openapi::api::core::v1::{
    Container as Spec, ContainerState, ContainerStateRunning, ContainerStateTerminated, ContainerStateWaiting,
    ContainerStatus, Pod,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::{Container, Ended, Observed, State};
use crate::pod;

/// The containers of the manifest, each with what is seen of it.
pub(super) struct Containers<'a> {
    pub(super) main: Vec<(&'a Spec, Option<&'a Container>)>,
    pub(super) initial: Vec<(&'a Spec, Option<&'a Container>)>,
    restart_policy: &'a str,
}

impl<'a> Containers<'a> {
    pub(super) fn of(pod: &'a Pod, observed: &'a Observed) -> Self {
        let spec = pod::spec(pod);
        let join = |list: &'a [Spec]| {
            let seen = |name: &str| observed.containers.iter().find(|container| container.name == name);
            list.iter().map(|spec| (spec, seen(&spec.name))).collect()
        };
        Self {
            main: join(spec.map(|spec| spec.containers.as_slice()).unwrap_or_default()),
            initial: join(spec.and_then(|spec| spec.init_containers.as_deref()).unwrap_or_default()),
            restart_policy: spec.and_then(|spec| spec.restart_policy.as_deref()).unwrap_or("Always"),
        }
    }

    /// Pending until a container has started, over when none will start again.
    pub(super) fn phase(&self) -> &'static str {
        let ended_for_good = |seen: &Option<&Container>| match seen.map(|seen| &seen.state) {
            Some(State::Ended(ended)) => match self.restart_policy {
                "Never" => Some(ended.exit_code == 0),
                "OnFailure" if ended.exit_code == 0 => Some(true),
                _ => None,
            },
            _ => None,
        };
        if self.initial.iter().any(|(_, seen)| ended_for_good(seen) == Some(false)) {
            return "Failed";
        }
        if !self.is_initialised() {
            return "Pending";
        }
        let ends: Vec<Option<bool>> = self.main.iter().map(|(_, seen)| ended_for_good(seen)).collect();
        let has_started = |seen: &Option<&Container>| {
            seen.is_some_and(|seen| seen.last.is_some() || !matches!(seen.state, State::Waiting { .. }))
        };
        match () {
            () if ends.iter().all(|end| *end == Some(true)) && !ends.is_empty() => "Succeeded",
            () if ends.iter().all(Option::is_some) && !ends.is_empty() => "Failed",
            () if self.main.iter().any(|(_, seen)| has_started(seen)) => "Running",
            () => "Pending",
        }
    }

    /// Whether all steps of initialisation are done; sidecars need only to have started.
    pub(super) fn is_initialised(&self) -> bool {
        self.initial.iter().all(|(spec, seen)| is_step_done(spec, *seen))
    }

    pub(super) fn statuses(&self, initial: bool) -> Vec<ContainerStatus> {
        let list = if initial { &self.initial } else { &self.main };
        let waits_for =
            if self.is_initialised() || self.initial.is_empty() { "ContainerCreating" } else { "PodInitializing" };
        list.iter().map(|(spec, seen)| status(spec, *seen, waits_for, initial)).collect()
    }
}

/// Whether a container that takes part in initialisation is done with it.
pub(super) fn is_step_done(spec: &Spec, seen: Option<&Container>) -> bool {
    match seen.map(|seen| &seen.state) {
        Some(State::Ended(ended)) => ended.exit_code == 0,
        Some(State::Running { .. }) => is_sidecar(spec) && seen.is_some_and(|seen| is_started(spec, seen)),
        _ => false,
    }
}

pub(super) fn is_sidecar(spec: &Spec) -> bool {
    spec.restart_policy.as_deref() == Some("Always")
}

pub(super) fn is_started(spec: &Spec, seen: &Container) -> bool {
    matches!(seen.state, State::Running { .. }) && (spec.startup_probe.is_none() || seen.is_probed_started)
}

pub(super) fn is_ready(spec: &Spec, seen: &Container) -> bool {
    is_started(spec, seen) && (spec.readiness_probe.is_none() || seen.is_probed_ready)
}

fn status(spec: &Spec, seen: Option<&Container>, waits_for: &str, is_initial: bool) -> ContainerStatus {
    let Some(seen) = seen else {
        let state = State::Waiting { reason: waits_for.to_owned(), message: String::new() };
        return ContainerStatus {
            name: spec.name.clone(),
            image: spec.image.clone().unwrap_or_default(),
            started: Some(false),
            state: Some(shown(&state, None)),
            ..ContainerStatus::default()
        };
    };
    let is_done_step = is_initial && !is_sidecar(spec) && is_step_done(spec, Some(seen));
    ContainerStatus {
        name: spec.name.clone(),
        image: spec.image.clone().unwrap_or_default(),
        image_id: seen.image_id.clone(),
        container_id: seen.id.clone(),
        ready: is_done_step || is_ready(spec, seen),
        started: Some(is_started(spec, seen)),
        restart_count: i32::try_from(seen.restarts).unwrap_or(i32::MAX),
        state: Some(shown(&seen.state, seen.id.as_deref())),
        last_state: seen
            .last
            .as_ref()
            .map(|last| ContainerState { terminated: Some(ended(last, None)), ..ContainerState::default() }),
        ..ContainerStatus::default()
    }
}

fn shown(state: &State, id: Option<&str>) -> ContainerState {
    let text = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    match state {
        State::Waiting { reason, message } => ContainerState {
            waiting: Some(ContainerStateWaiting { reason: text(reason), message: text(message) }),
            ..ContainerState::default()
        },
        State::Running { started_at } => ContainerState {
            running: Some(ContainerStateRunning { started_at: Some(Time(*started_at)) }),
            ..ContainerState::default()
        },
        State::Ended(end) => ContainerState { terminated: Some(ended(end, id)), ..ContainerState::default() },
    }
}

fn ended(ended: &Ended, id: Option<&str>) -> ContainerStateTerminated {
    ContainerStateTerminated {
        container_id: id.map(str::to_owned),
        exit_code: ended.exit_code,
        signal: ended.signal,
        reason: Some(ended.reason.clone()).filter(|reason| !reason.is_empty()),
        message: Some(ended.message.clone()).filter(|message| !message.is_empty()),
        started_at: Some(Time(ended.started_at)),
        finished_at: Some(Time(ended.finished_at)),
    }
}
