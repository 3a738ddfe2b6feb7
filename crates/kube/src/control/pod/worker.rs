//! One pod's life: its sandbox, its containers again and again, its end.
//!
//! A worker that is dropped and begun anew (the runtime was killed) finds the sandbox where it was; what it remembers besides is
//! rebuilt from what the sandbox tells.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use proconsul_base::time::Instant;
use proconsul_plan::pod_status::{self, Observed};
use proconsul_pods::{PodLaunch, PodProcesses};
use tokio::task::JoinSet;

use crate::clock;
use crate::control::pod::container::{Containers, Probed};
use crate::control::pod::{Shared, end, launch};
use crate::control::{Again, sleep_or_never, sooner, typed, untyped};
use crate::events::Happening;
use crate::machine::{Machine, Processes, Sandbox};
use crate::object::{Fields, Key, Object};
use crate::store::{Deletion, StoreError};

/// The time a pod gets whose object was removed without grace: the kubelet's least.
pub(super) const GRACE_FORCED: Duration = Duration::from_secs(2);
/// The wait before a sandbox that could not be made is tried again.
const SANDBOX_WAIT: Duration = Duration::from_secs(5);

pub(super) struct Worker<M: Machine> {
    shared: Arc<Shared<M>>,
    key: Key,
    uid: String,
    containers: Containers,
    processes: PodProcesses,
    probes: JoinSet<Probed>,
    begun: tokio::time::Instant,
}

/// A sandbox with what it was made from.
struct Placed<M: Machine> {
    sandbox: M::Pod,
    launch: PodLaunch,
}

impl<M: Machine> Worker<M> {
    pub(super) fn new(shared: Arc<Shared<M>>, key: Key, uid: String) -> Self {
        let begun = tokio::time::Instant::now();
        let containers = Containers::new(&shared.settings);
        Self { shared, key, uid, containers, processes: PodProcesses::default(), probes: JoinSet::new(), begun }
    }

    /// Works until the pod is gone. A store that fails ends it: the runtime ends with it.
    pub(super) async fn run(mut self) {
        if let Err(error) = self.live().await {
            tracing::error!(pod = %self.key, %error, "the store failed under a pod");
        }
    }

    async fn live(&mut self) -> Result<(), StoreError> {
        loop {
            let Some(placed) = self.place().await? else { return Ok(()) };
            match placed.sandbox.watch().await {
                Ok(processes) => {
                    if self.attend(&placed, processes).await? {
                        return Ok(());
                    }
                }
                Err(error) => tracing::warn!(pod = %self.key, %error, "a sandbox does not answer"),
            }
        }
    }

    /// The pod's object, unless it is gone or another of the same name.
    fn object(&self) -> Option<Object> {
        self.shared.store.get(&self.key).filter(|pod| pod.uid() == self.uid)
    }

    /// Finds or makes the sandbox; `None` when the pod ended before it had one.
    async fn place(&mut self) -> Result<Option<Placed<M>>, StoreError> {
        loop {
            let Some(object) = self.object() else {
                self.remove_remains(None);
                return Ok(None);
            };
            let found = self.shared.machine.find(&self.uid).await.unwrap_or_else(|error| {
                tracing::warn!(pod = %self.key, %error, "a pod of an earlier runtime cannot be read");
                None
            });
            let (known, living) = found.map_or((None, None), |found| (Some(found.launch), found.sandbox));
            if let (Some(launch), Some(sandbox)) = (known.clone(), living) {
                return Ok(Some(Placed { sandbox, launch }));
            }
            if object.is_deleting() {
                self.finish(&object, known.as_ref())?;
                return Ok(None);
            }
            match self.make(&object, known).await {
                Ok(placed) => return Ok(Some(placed)),
                Err(message) => {
                    self.shared.recorder.record(&object, &Happening::warning("FailedCreatePodSandBox", message))
                }
            }
            self.wait_for_change(SANDBOX_WAIT).await;
        }
    }

    async fn make(&self, object: &Object, known: Option<PodLaunch>) -> Result<Placed<M>, String> {
        let pod: Pod = typed(object).ok_or("the pod's object cannot be read")?;
        let launch = match known {
            Some(launch) => launch,
            None => {
                let address = self.shared.machine.allocate_address().map_err(|error| error.to_string())?;
                launch::pod(&self.shared, &pod, address)
            }
        };
        match self.shared.machine.create(launch.clone()).await {
            Ok(sandbox) => Ok(Placed { sandbox, launch }),
            Err(error) => {
                self.shared.machine.release_address(launch.address);
                Err(format!("Failed to create pod sandbox: {error}"))
            }
        }
    }

    /// Waits for the pod's object to change, at most so long.
    async fn wait_for_change(&self, most: Duration) {
        let seen = self.object().map(|object| object.version());
        let mut changes = self.shared.store.changes();
        let changed =
            async { while changes.changed().await.is_ok() && self.object().map(|object| object.version()) == seen {} };
        // Both ends mean the same: look again.
        let _ = tokio::time::timeout(most, changed).await;
    }

    /// Runs the containers for as long as the sandbox and the pod live; true when the pod is gone.
    async fn attend(
        &mut self,
        placed: &Placed<M>,
        mut processes: <M::Pod as Sandbox>::Processes,
    ) -> Result<bool, StoreError> {
        match processes.next().await {
            Ok(Some(now)) => self.processes = now,
            _ => return Ok(false),
        }
        self.containers.recall(&self.processes);
        loop {
            let Some(object) = self.object().filter(|object| !object.is_deleting()) else {
                self.end(placed).await?;
                return Ok(true);
            };
            let (again, seen) = self.step(placed, &object).await?;
            let wait = again.map(|time| clock::since(self.shared.store.clock().now(), time));
            let changed = self.changed(seen);
            tokio::select! {
                next = processes.next() => match next {
                    Ok(Some(now)) => self.processes = now,
                    _ => return Ok(false),
                },
                Some(Ok(probed)) = self.probes.join_next() => {
                    let now = self.instant();
                    let restart = self.containers.probed(&self.shared, &object, &probed, now);
                    if let Some(grace) = restart {
                        self.restart(placed, &object, &probed.container, grace).await;
                    }
                }
                () = changed => {}
                () = sleep_or_never(wait) => {}
            }
        }
    }

    /// Returns when the pod's object is another than at `version`, or another object changed that a waiting container may need.
    fn changed(&self, version: u64) -> impl Future<Output = ()> + use<M> {
        let (store, key, uid) = (Arc::clone(&self.shared.store), self.key.clone(), self.uid.clone());
        let failures = self.containers.failures();
        let mut changes = store.changes();
        async move {
            let is_same = || store.get(&key).is_some_and(|pod| pod.uid() == uid && pod.version() == version);
            while is_same() && !failures.may_pass_now(&store) && changes.changed().await.is_ok() {}
        }
    }

    /// Starts what is due, asks what probes are due, and writes the status; when to look again, and the pod's version then.
    async fn step(&mut self, placed: &Placed<M>, object: &Object) -> Result<(Again, u64), StoreError> {
        let Some(mut pod) = typed::<Pod>(object) else { return Ok((None, object.version())) };
        // Variables may name the address, so it is in the status before the first container starts.
        if object.text("/status/podIP").is_empty() {
            let written = self.report(&pod, placed)?;
            pod = typed(&written).unwrap_or(pod);
        }
        let again = self.containers.start_due(&self.shared, object, &pod, &placed.sandbox, &self.processes).await;
        let instant = self.instant();
        let address = placed.launch.address.to_string();
        let due = self.containers.probe_due(&pod, &self.processes, instant, &address, &mut self.probes);
        let now = self.shared.store.clock().now();
        let written = self.report(&pod, placed)?;
        let probe_at = due.map(|wait| clock::after(now, wait));
        Ok((sooner(again, probe_at), written.version()))
    }

    fn report(&self, pod: &Pod, placed: &Placed<M>) -> Result<Object, StoreError> {
        let now = self.shared.store.clock().now();
        let observed = Observed {
            pod_ip: Some(placed.launch.address.to_string()),
            host_ip: Some(self.shared.machine.gateway().to_string()),
            start_time: Some(
                pod.status.as_ref().and_then(|status| status.start_time.as_ref()).map_or(now, |time| time.0),
            ),
            containers: self.containers.observed(pod, &self.uid, &self.processes),
        };
        self.shared
            .store
            .write(|draft| {
                let current = draft.get(&self.key).filter(|current| current.uid() == self.uid);
                let current = current.ok_or_else(|| StoreError::NotFound(self.key.clone()))?;
                let Some(pod) = typed::<Pod>(&current) else { return Ok(current) };
                let status = untyped(&pod_status::status(&pod, &observed, now));
                draft.modify(&self.key, |pod| pod["status"] = status)
            })
            .or_else(|error| match error {
                // Removed while the status was made: the next look sees it.
                StoreError::NotFound(_) => Ok(Arc::new(untyped(pod))),
                error => Err(error),
            })
    }

    async fn restart(&mut self, placed: &Placed<M>, pod: &Object, container: &str, grace: Option<i64>) {
        let message = format!("Container {container} failed liveness probe, will be restarted");
        self.shared.recorder.record(pod, &Happening::normal("Killing", message).of_container(container));
        let seconds = grace.or_else(|| pod.number("/spec/terminationGracePeriodSeconds")).unwrap_or(30);
        let grace = Duration::from_secs(seconds.max(0).unsigned_abs());
        if let Err(error) = placed.sandbox.stop_container(container, grace).await {
            tracing::warn!(pod = %self.key, container, %error, "a container could not be stopped");
        }
    }

    /// The pod is being deleted, or its object is gone: its containers get what time is left, then everything goes.
    async fn end(&mut self, placed: &Placed<M>) -> Result<(), StoreError> {
        self.probes.abort_all();
        let object = self.object();
        if let Some(object) = &object {
            for process in self.processes.containers.iter().filter(|process| process.is_running()) {
                let message = format!("Stopping container {}", process.name);
                self.shared.recorder.record(object, &Happening::normal("Killing", message).of_container(&process.name));
            }
        }
        // A second delete may shorten the time or take the object away.
        let mut grace = object.as_ref().map_or(GRACE_FORCED, |object| self.grace_left(object));
        loop {
            let seen = self.object().map(|object| object.version());
            let ended = end(Some(&placed.sandbox), grace);
            let shortened = async {
                let mut changes = self.shared.store.changes();
                while self.object().map(|object| object.version()) == seen && changes.changed().await.is_ok() {}
            };
            tokio::select! {
                () = ended => break,
                () = shortened => grace = self.object().map_or(GRACE_FORCED, |object| self.grace_left(&object)).min(grace),
            }
        }
        match self.object() {
            Some(object) => self.finish(&object, Some(&placed.launch)),
            None => {
                self.remove_remains(Some(&placed.launch));
                Ok(())
            }
        }
    }

    fn grace_left(&self, pod: &Object) -> Duration {
        let now = self.shared.store.clock().now();
        clock::parse(pod.text("/metadata/deletionTimestamp")).map_or(GRACE_FORCED, |until| clock::since(now, until))
    }

    /// Removes what the pod leaves on the machine, then its object.
    fn finish(&self, object: &Object, launch: Option<&PodLaunch>) -> Result<(), StoreError> {
        self.remove_remains(launch);
        match self.shared.store.delete(&self.key, &Deletion::now(object.uid())) {
            Ok(_) | Err(StoreError::NotFound(_) | StoreError::OtherUid { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn remove_remains(&self, launch: Option<&PodLaunch>) {
        if let Some(launch) = launch {
            self.shared.machine.release_address(launch.address);
        }
        if let Err(error) = self.shared.machine.remove(&self.uid) {
            tracing::warn!(pod = %self.key, %error, "the pod's folder could not be removed");
        }
    }

    fn instant(&self) -> Instant {
        Instant::from_nanos(u64::try_from(self.begun.elapsed().as_nanos()).unwrap_or(u64::MAX))
    }
}

/// Containers by name.
pub(super) type ByName<T> = BTreeMap<String, T>;
