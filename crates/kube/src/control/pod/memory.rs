//! What a worker remembers of one container between two looks, and how it starts one: pauses, what it waits for, failures.
//!
//! Which containers are due is `next`'s; how long a pause is, `plan`'s.

use std::collections::BTreeSet;
use std::time::Duration;

use k8s_openapi::api::core::v1::{Container, Pod};
use proconsul_base::time::Instant;
use proconsul_plan::backoff::{self, Backoff};
use proconsul_plan::probe::{Kind as ProbeKind, Probes};
use proconsul_pods::{ContainerLaunch, Exit, Refusal, ShimError, StartFailure};

use crate::clock::{self, Timestamp};
use crate::control::Again;
use crate::control::pod::Shared;
use crate::control::pod::launch::{self, LaunchError};
use crate::control::pod::observe::{self, Waiting};
use crate::events::Happening;
use crate::kind::Kind;
use crate::machine::{Machine, Sandbox};
use crate::object::{Fields, Object};
use crate::store::Store;

/// The wait before a container that could not be started is tried again, if nothing it needs changes before.
const START_WAIT: Duration = Duration::from_secs(10);

/// What is remembered of one container.
#[derive(Default)]
pub(super) struct Memory {
    pub(super) backoff: Backoff,
    /// The instance that ended, and when the next may start.
    pause: Option<(u32, Timestamp)>,
    pub(super) waiting: Option<Waiting>,
    /// When and at which state of the objects it may need a start failed.
    pub(super) failed: Option<(Timestamp, u64)>,
    /// The instance that was started last: what the sandbox tells may still be older.
    pub(super) started: Option<u32>,
    pub(super) probes: Option<(u32, Probes)>,
    pub(super) asked: BTreeSet<ProbeKind>,
}

/// What a container's start is told about.
pub(super) struct Scene<'a, M: Machine> {
    pub(super) shared: &'a Shared<M>,
    pub(super) object: &'a Object,
    pub(super) pod: &'a Pod,
    pub(super) sandbox: &'a M::Pod,
}

impl Memory {
    pub(super) fn is_probed_started(&self) -> bool {
        self.probes.as_ref().is_some_and(|(_, probes)| probes.is_started())
    }

    pub(super) fn is_probed_ready(&self) -> bool {
        self.probes.as_ref().is_some_and(|(_, probes)| probes.is_ready())
    }

    pub(super) fn probes_of(&mut self, instance: u32, container: &Container, now: Instant) -> &Probes {
        if self.probes.as_ref().is_none_or(|(known, _)| *known != instance) {
            self.asked.clear();
            self.probes = None;
        }
        &self.probes.get_or_insert_with(|| (instance, Probes::new(container, now))).1
    }

    /// When a container that ended may start again; the pause is told once, when it begins.
    pub(super) fn paused_until<M: Machine>(
        &mut self,
        scene: &Scene<'_, M>,
        container: &Container,
        instance: u32,
        exit: &Exit,
    ) -> Option<Timestamp> {
        if let Some((_, until)) = self.pause.filter(|(known, _)| *known == instance) {
            return Some(until);
        }
        let ran = exit.finished_at.duration_since(exit.started_at).unwrap_or_default();
        let pause = self.backoff.ended(ran);
        let until = clock::after(observe::time(exit.finished_at), pause);
        self.pause = Some((instance, until));
        if !pause.is_zero() {
            let (pod, namespace, uid) = (scene.object.name(), scene.object.namespace(), scene.object.uid());
            let message = backoff::message(pause, &container.name, pod, namespace, uid);
            self.waiting = Some(Waiting { reason: "CrashLoopBackOff".to_owned(), message });
            let name = &container.name;
            let message = format!("Back-off restarting failed container {name} in pod {pod}_{namespace}({uid})");
            scene.say(Happening::warning("BackOff", message), container);
        }
        Some(until)
    }

    pub(super) fn wait_for_image<M: Machine>(
        &mut self,
        scene: &Scene<'_, M>,
        container: &Container,
        image: &str,
        advice: &str,
    ) {
        let message = format!("Back-off pulling image \"{image}\": {advice}");
        let waiting = Waiting { reason: "ImagePullBackOff".to_owned(), message: message.clone() };
        if self.waiting.as_ref() != Some(&waiting) {
            scene.say(Happening::warning("Failed", format!("Failed to pull image \"{image}\": {advice}")), container);
            scene.say(Happening::warning("Failed", "Error: ImagePullBackOff"), container);
            scene.say(Happening::normal("BackOff", message), container);
        }
        self.waiting = Some(waiting);
    }

    pub(super) async fn launch<M: Machine>(
        &mut self,
        scene: &Scene<'_, M>,
        container: &Container,
        instance: u32,
    ) -> Again {
        let (launch, privileges) = match launch::container(scene.shared, scene.pod, container) {
            Ok(launch) => launch,
            Err(LaunchError::Config(error)) => {
                return self.fail(scene, container, "CreateContainerConfigError", "Failed", &error.to_string());
            }
            Err(error) => return self.fail(scene, container, "ContainerCreating", "FailedMount", &with_cause(&error)),
        };
        for asked in privileges {
            let message = format!("{asked} is not given: containers run as an ordinary process of this machine");
            scene.say(Happening::warning("PrivilegesNotGiven", message), container);
        }
        match self.execute(scene, launch, instance).await {
            Ok(warnings) => {
                scene.say(Happening::normal("Created", "Container created"), container);
                scene.say(Happening::normal("Started", "Container started"), container);
                for warning in warnings {
                    scene.say(Happening::warning("LimitsNotApplied", warning), container);
                }
                None
            }
            Err(ShimError::Refused(Refusal::Start(failure))) => {
                let message = failure.to_string();
                match failure {
                    StartFailure::SubPath { .. } => {
                        self.fail(scene, container, "CreateContainerConfigError", "Failed", &message)
                    }
                    StartFailure::Volume { .. } => {
                        self.fail(scene, container, "ContainerCreating", "FailedMount", &message)
                    }
                    StartFailure::Create { .. } | StartFailure::Isolation { .. } => {
                        self.fail(scene, container, "CreateContainerError", "Failed", &message)
                    }
                    // The sandbox counts it as an instance that ended, so its back-off is the restart's.
                    StartFailure::Exec { .. } => {
                        scene.say(Happening::warning("Failed", format!("Error: {message}")), container);
                        None
                    }
                }
            }
            Err(ShimError::Refused(Refusal::RunsAlready { .. } | Refusal::Ending)) => None,
            Err(error) => self.fail(scene, container, "RunContainerError", "Failed", &error.to_string()),
        }
    }

    async fn execute<M: Machine>(
        &mut self,
        scene: &Scene<'_, M>,
        launch: ContainerLaunch,
        instance: u32,
    ) -> Result<Vec<String>, ShimError> {
        self.started = Some(instance);
        let started = scene.sandbox.start(launch).await;
        let is_under_way = match &started {
            Ok(_) | Err(ShimError::Refused(Refusal::RunsAlready { .. })) => true,
            Err(ShimError::Refused(Refusal::Start(StartFailure::Exec { .. }))) => true,
            Err(_) => false,
        };
        if is_under_way {
            self.waiting = None;
            self.failed = None;
        } else {
            self.started = None;
        }
        started
    }

    fn fail<M: Machine>(
        &mut self,
        scene: &Scene<'_, M>,
        container: &Container,
        waiting: &str,
        reason: &'static str,
        message: &str,
    ) -> Again {
        let waiting = Waiting { reason: waiting.to_owned(), message: message.to_owned() };
        if self.waiting.as_ref() != Some(&waiting) {
            let text = if reason == "Failed" { format!("Error: {message}") } else { message.to_owned() };
            scene.say(Happening::warning(reason, text), container);
        }
        self.waiting = Some(waiting);
        let until = clock::after(scene.shared.store.clock().now(), START_WAIT);
        self.failed = Some((until, objects_version(&scene.shared.store)));
        Some(until)
    }
}

impl<M: Machine> Scene<'_, M> {
    pub(super) fn say(&self, happening: Happening, container: &Container) {
        self.shared.recorder.record(self.object, &happening.of_container(&container.name));
    }
}

/// The newest version of any object that a container may need to start.
pub(super) fn objects_version(store: &Store) -> u64 {
    [Kind::ConfigMap, Kind::Secret, Kind::PersistentVolumeClaim, Kind::PersistentVolume]
        .into_iter()
        .flat_map(|kind| store.list(kind, None))
        .map(|object| object.version())
        .max()
        .unwrap_or(0)
}

fn with_cause(error: &LaunchError) -> String {
    match std::error::Error::source(error) {
        Some(cause) if matches!(error, LaunchError::Files { .. }) => format!("{error}: {cause}"),
        _ => error.to_string(),
    }
}
