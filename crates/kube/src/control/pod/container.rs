//! What a worker remembers of its pod's containers between two looks: pauses, what they wait for, probes under way.

use std::collections::BTreeSet;
use std::time::Duration;

use k8s_openapi::api::core::v1::{Container, Pod};
use proconsul_base::time::Instant;
use proconsul_plan::backoff::{self, Backoff};
use proconsul_plan::pod_status;
use proconsul_plan::probe::{Kind as ProbeKind, Probes, Verdict};
use proconsul_pods::{ContainerLaunch, Exit, PodProcesses, Refusal, ShimError, StartFailure};
use tokio::task::JoinSet;

use crate::clock::{self, Timestamp};
use crate::control::pod::image::{self, Resolved};
use crate::control::pod::launch::{self, LaunchError};
use crate::control::pod::next::{self, Due};
use crate::control::pod::observe::{self, Beside, Waiting};
use crate::control::pod::worker::ByName;
use crate::control::pod::{PodSettings, Shared, probe};
use crate::control::{Again, sooner};
use crate::events::Happening;
use crate::kind::Kind;
use crate::machine::{Machine, Sandbox};
use crate::object::{Fields, Object};
use crate::store::Store;

/// The wait before a container that could not be started is tried again, if nothing it needs changes before.
const START_WAIT: Duration = Duration::from_secs(10);

pub(super) struct Containers {
    builtin_images: bool,
    version: String,
    known: ByName<Memory>,
}

/// What is remembered of one container.
#[derive(Default)]
struct Memory {
    backoff: Backoff,
    /// The instance that ended, and when the next may start.
    pause: Option<(u32, Timestamp)>,
    waiting: Option<Waiting>,
    /// When and at which state of the objects it may need a start failed.
    failed: Option<(Timestamp, u64)>,
    /// The instance that was started last: what the sandbox tells may still be older.
    started: Option<u32>,
    probes: Option<(u32, Probes)>,
    asked: BTreeSet<ProbeKind>,
}

/// The result of one probe.
#[derive(Debug)]
pub(super) struct Probed {
    pub(super) container: String,
    instance: u32,
    kind: ProbeKind,
    result: Result<(), probe::Failure>,
}

/// What a container's start is told about.
struct Scene<'a, M: Machine> {
    shared: &'a Shared<M>,
    object: &'a Object,
    pod: &'a Pod,
    sandbox: &'a M::Pod,
}

impl Containers {
    pub(super) fn new(settings: &PodSettings) -> Self {
        Self { builtin_images: settings.builtin_images, version: settings.version.clone(), known: ByName::new() }
    }

    /// Rebuilds what can be told from processes that an earlier runtime started.
    pub(super) fn recall(&mut self, processes: &PodProcesses) {
        for process in &processes.containers {
            let memory = self.known.entry(process.name.clone()).or_default();
            if memory.started.is_none() {
                memory.backoff = Backoff::after(process.instance);
            }
            memory.started = Some(process.instance);
        }
    }

    /// Starts what is due; the answer is when to look again for what waits.
    pub(super) async fn start_due<M: Machine>(
        &mut self,
        shared: &Shared<M>,
        object: &Object,
        pod: &Pod,
        sandbox: &M::Pod,
        processes: &PodProcesses,
    ) -> Again {
        let scene = Scene { shared, object, pod, sandbox };
        let is_started = |name: &str| self.known.get(name).is_some_and(Memory::is_probed_started);
        let due = next::due(pod, processes, is_started);
        let mut again = None;
        for due in due {
            again = sooner(again, self.start(&scene, &due).await);
        }
        again
    }

    async fn start<M: Machine>(&mut self, scene: &Scene<'_, M>, due: &Due<'_>) -> Again {
        let (builtin_images, version) = (self.builtin_images, self.version.clone());
        let memory = self.known.entry(due.container.name.clone()).or_default();
        let instance = due.ended.map_or(0, |(instance, _)| instance + 1);
        if memory.started == Some(instance) {
            return None; // under way; the sandbox will tell
        }
        let now = scene.shared.store.clock().now();
        if let Some((ended, exit)) = due.ended
            && let Some(until) = memory.paused_until(scene, due.container, ended, exit)
            && now < until
        {
            return Some(until);
        }
        if let Some((until, objects)) = memory.failed
            && now < until
            && objects == objects_version(&scene.shared.store)
        {
            return Some(until);
        }
        let image = due.container.image.as_deref().unwrap_or_default();
        match image::resolve(image, builtin_images) {
            Resolved::Missing(advice) => {
                memory.wait_for_image(scene, due.container, image, &advice);
                None
            }
            Resolved::Builtin => {
                scene.say(image::present(image, &version), due.container);
                memory.launch(scene, due.container, instance).await
            }
        }
    }

    /// Starts the probes that are due; the answer is how long until the next one is.
    pub(super) fn probe_due(
        &mut self,
        pod: &Pod,
        processes: &PodProcesses,
        now: Instant,
        address: &str,
        running: &mut JoinSet<Probed>,
    ) -> Option<Duration> {
        let mut wait = None;
        for container in all(pod) {
            let Some(process) = processes.container(&container.name).filter(|process| process.is_running()) else {
                continue;
            };
            let memory = self.known.entry(container.name.clone()).or_default();
            let probes = memory.probes_of(process.instance, container, now);
            let Some((kind, due)) = probes.next() else { continue };
            if memory.asked.contains(&kind) {
                continue;
            }
            if due > now {
                let later = due.since(now);
                wait = Some(wait.map_or(later, |wait: Duration| wait.min(later)));
                continue;
            }
            memory.asked.insert(kind);
            let (container, address, instance) = (container.clone(), address.to_owned(), process.instance);
            running.spawn(async move {
                let result = match probe::of(&container, kind) {
                    Some(asked) => probe::run(&container, asked, &address).await,
                    None => Ok(()),
                };
                Probed { container: container.name, instance, kind, result }
            });
        }
        wait
    }

    /// Takes a probe's result; `Some` when the container is to be restarted, with the probe's own grace period if it has one.
    pub(super) fn probed<M: Machine>(
        &mut self,
        shared: &Shared<M>,
        pod: &Object,
        probed: &Probed,
        now: Instant,
    ) -> Option<Option<i64>> {
        let memory = self.known.get_mut(&probed.container)?;
        memory.asked.remove(&probed.kind);
        let (instance, probes) = memory.probes.as_mut()?;
        if *instance != probed.instance {
            return None;
        }
        if let Err(failure) = &probed.result {
            let message = format!("{:?} probe failed: {}", probed.kind, failure.0);
            shared.recorder.record(pod, &Happening::warning("Unhealthy", message).of_container(&probed.container));
        }
        match probes.result(probed.kind, probed.result.is_ok(), now) {
            Verdict::Restart { grace } => Some(grace),
            Verdict::Same | Verdict::Changed => None,
        }
    }

    /// All containers as the status tells of them.
    pub(super) fn observed(&self, pod: &Pod, uid: &str, processes: &PodProcesses) -> Vec<pod_status::Container> {
        let observed = |container: &Container| {
            let process = processes.container(&container.name);
            let memory = self.known.get(&container.name);
            let is_builtin = image::resolve(container.image.as_deref().unwrap_or_default(), self.builtin_images)
                == Resolved::Builtin;
            let beside = Beside {
                waiting: memory.and_then(|memory| memory.waiting.clone()),
                is_probed_ready: memory.is_some_and(Memory::is_probed_ready) || container.readiness_probe.is_none(),
                is_probed_started: memory.is_some_and(Memory::is_probed_started) || container.startup_probe.is_none(),
                image_id: if is_builtin { image::id(&self.version) } else { String::new() },
            };
            observe::container(&container.name, uid, process, &beside)
        };
        all(pod).map(observed).collect()
    }

    /// The starts that failed, to see when they may succeed.
    pub(super) fn failures(&self) -> Failures {
        Failures(self.known.values().filter_map(|memory| Some(memory.failed?.1)).collect())
    }
}

/// At which state of the objects starts failed.
pub(super) struct Failures(Vec<u64>);

impl Failures {
    /// Whether an object changed since that a container may need.
    pub(super) fn may_pass_now(&self, store: &Store) -> bool {
        !self.0.is_empty() && self.0.iter().any(|&objects| objects != objects_version(store))
    }
}

impl Memory {
    fn is_probed_started(&self) -> bool {
        self.probes.as_ref().is_some_and(|(_, probes)| probes.is_started())
    }

    fn is_probed_ready(&self) -> bool {
        self.probes.as_ref().is_some_and(|(_, probes)| probes.is_ready())
    }

    fn probes_of(&mut self, instance: u32, container: &Container, now: Instant) -> &Probes {
        if self.probes.as_ref().is_none_or(|(known, _)| *known != instance) {
            self.asked.clear();
            self.probes = None;
        }
        &self.probes.get_or_insert_with(|| (instance, Probes::new(container, now))).1
    }

    /// When a container that ended may start again; the pause is told once, when it begins.
    fn paused_until<M: Machine>(
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

    fn wait_for_image<M: Machine>(&mut self, scene: &Scene<'_, M>, container: &Container, image: &str, advice: &str) {
        let message = format!("Back-off pulling image \"{image}\": {advice}");
        let waiting = Waiting { reason: "ImagePullBackOff".to_owned(), message: message.clone() };
        if self.waiting.as_ref() != Some(&waiting) {
            scene.say(Happening::warning("Failed", format!("Failed to pull image \"{image}\": {advice}")), container);
            scene.say(Happening::warning("Failed", "Error: ImagePullBackOff"), container);
            scene.say(Happening::normal("BackOff", message), container);
        }
        self.waiting = Some(waiting);
    }

    async fn launch<M: Machine>(&mut self, scene: &Scene<'_, M>, container: &Container, instance: u32) -> Again {
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
    fn say(&self, happening: Happening, container: &Container) {
        self.shared.recorder.record(self.object, &happening.of_container(&container.name));
    }
}

fn all(pod: &Pod) -> impl Iterator<Item = &Container> {
    let spec = pod.spec.as_ref();
    spec.into_iter().flat_map(|spec| spec.init_containers.iter().flatten().chain(&spec.containers))
}

/// The newest version of any object that a container may need to start.
fn objects_version(store: &Store) -> u64 {
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
