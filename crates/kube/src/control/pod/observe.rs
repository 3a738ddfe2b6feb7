//! From what a pod's processes do to what `plan::pod_status` is told.

use std::time::SystemTime;

use proconsul_plan::pod_status::{Container, Ended, State};
use proconsul_pods::{ContainerProcess, ContainerState, Exit};

use crate::clock::Timestamp;

/// What a container waits for, in Kubernetes' words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    pub(super) reason: String,
    pub(super) message: String,
}

/// What is known of a container besides its process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Beside {
    pub(super) waiting: Option<Waiting>,
    pub(super) is_probed_ready: bool,
    pub(super) is_probed_started: bool,
    pub(super) image_id: String,
}

/// One container as the status tells of it. A container that waits to be started again shows how it ended as its last state.
pub(super) fn container(name: &str, uid: &str, process: Option<&ContainerProcess>, beside: &Beside) -> Container {
    let exit = process.and_then(ContainerProcess::exit).map(ended);
    let (state, last) = match (process.map(|process| &process.state), &beside.waiting) {
        (Some(ContainerState::Running { started_at, .. }), _) => {
            let last = process.and_then(|process| process.last.as_ref()).map(ended);
            (State::Running { started_at: time(*started_at) }, last)
        }
        (_, Some(Waiting { reason, message })) => {
            (State::Waiting { reason: reason.clone(), message: message.clone() }, exit)
        }
        (Some(ContainerState::Exited(exit)), None) => {
            (State::Ended(ended(exit)), process.and_then(|process| process.last.as_ref()).map(ended))
        }
        (None, None) => (State::Waiting { reason: "ContainerCreating".to_owned(), message: String::new() }, None),
    };
    Container {
        name: name.to_owned(),
        state,
        last,
        restarts: process.map_or(0, |process| process.instance),
        is_probed_ready: beside.is_probed_ready,
        is_probed_started: beside.is_probed_started,
        image_id: beside.image_id.clone(),
        id: process.map(|process| format!("proconsul://{uid}/{name}/{}", process.instance)),
    }
}

fn ended(exit: &Exit) -> Ended {
    Ended {
        exit_code: exit.code,
        signal: exit.signal,
        reason: exit.reason.as_str().to_owned(),
        message: exit.message.clone(),
        started_at: time(exit.started_at),
        finished_at: time(exit.finished_at),
    }
}

/// A time of the machine as objects carry it.
pub(super) fn time(time: SystemTime) -> Timestamp {
    let since_epoch = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_second(i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX)).unwrap_or(Timestamp::MAX)
}
