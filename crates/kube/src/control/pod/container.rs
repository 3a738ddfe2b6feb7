//! What a worker does with its pod's containers at each look: starts, probes, and what the status tells.

use std::time::Duration;

use k8s_openapi::api::core::v1::{Container, Pod};
use proconsul_base::time::Instant;
use proconsul_plan::backoff::Backoff;
use proconsul_plan::pod_status;
use proconsul_plan::probe::{Kind as ProbeKind, Verdict};
use proconsul_pods::{ExitReason, PodProcesses};
use tokio::task::JoinSet;

use crate::control::pod::image::{self, Resolved};
use crate::control::pod::memory::{Memory, Scene, objects_version};
use crate::control::pod::next::{self, Due};
use crate::control::pod::observe::{self, Beside};
use crate::control::pod::worker::ByName;
use crate::control::pod::{PodSettings, Shared, probe};
use crate::control::{Again, sooner};
use crate::events::Happening;
use crate::machine::Machine;
use crate::object::Object;
use crate::store::Store;

/// What is known of each container of one pod.
pub(super) struct Containers {
    builtin_images: bool,
    version: String,
    known: ByName<Memory>,
}

/// The result of one probe.
#[derive(Debug)]
pub(super) struct Probed {
    pub(super) container: String,
    instance: u32,
    kind: ProbeKind,
    result: Result<(), probe::Failure>,
}

impl Containers {
    pub(super) fn new(settings: &PodSettings) -> Self {
        Self { builtin_images: settings.builtin_images, version: settings.version.clone(), known: ByName::new() }
    }

    /// Rebuilds what can be told from processes that an earlier runtime started. One that went down together with it did not
    /// crash by itself, so its next start is not held back.
    pub(super) fn recall(&mut self, processes: &PodProcesses) {
        for process in &processes.containers {
            let memory = self.known.entry(process.name.clone()).or_default();
            let is_lost = process.exit().is_some_and(|exit| exit.reason == ExitReason::ContainerStatusUnknown);
            if memory.started.is_none() && !is_lost {
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

fn all(pod: &Pod) -> impl Iterator<Item = &Container> {
    let spec = pod.spec.as_ref();
    spec.into_iter().flat_map(|spec| spec.init_containers.iter().flatten().chain(&spec.containers))
}
