//! A machine in memory: sandboxes outlive the runtime, containers run until told otherwise.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use parking_lot::Mutex;
use proconsul_pods::{
    ContainerLaunch, ContainerProcess, ContainerState, Exit, ExitReason, PodLaunch, PodProcesses, ShimError,
};
use tokio::sync::watch;

use crate::clock::Clock;
use crate::machine::{Found, Machine, MachineError, Processes, Sandbox};

#[derive(Debug)]
pub(super) struct Fake {
    folder: PathBuf,
    clock: Clock,
    log: Arc<Mutex<Vec<String>>>,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    pods: BTreeMap<String, FakePod>,
    addresses: u8,
    created: usize,
}

/// One sandbox.
#[derive(Clone, Debug)]
pub(crate) struct FakePod {
    launch: PodLaunch,
    processes: watch::Sender<Option<PodProcesses>>,
    launches: Arc<Mutex<Vec<ContainerLaunch>>>,
    log: Arc<Mutex<Vec<String>>>,
    clock: Clock,
}

#[derive(Debug)]
pub(crate) struct FakeProcesses {
    receiver: watch::Receiver<Option<PodProcesses>>,
    is_first: bool,
}

impl Fake {
    pub(super) fn new(folder: &Path, clock: Clock) -> Arc<Self> {
        Arc::new(Self { folder: folder.to_owned(), clock, log: Arc::default(), inner: Mutex::default() })
    }

    /// Every start in its order, as `pod/container`.
    pub(super) fn started(&self) -> Vec<String> {
        self.log.lock().clone()
    }

    pub(super) fn created(&self) -> usize {
        self.inner.lock().created
    }

    pub(super) fn alive(&self) -> usize {
        self.inner.lock().pods.len()
    }

    pub(super) fn args(&self, pod: &str) -> Vec<String> {
        let pod = self.named(pod);
        let launches = pod.launches.lock();
        launches.last().expect("was started").args.clone()
    }

    pub(super) fn crash(&self, pod: &str, container: &str, code: i32) {
        let reason = if code == 0 { ExitReason::Completed } else { ExitReason::Error };
        self.named(pod).exit(container, code, reason);
    }

    /// As when its shim was killed too.
    pub(super) fn lose(&self, pod: &str, container: &str) {
        self.named(pod).exit(container, 137, ExitReason::ContainerStatusUnknown);
    }

    fn named(&self, name: &str) -> FakePod {
        self.inner.lock().pods.values().find(|pod| pod.launch.name == name).expect("there is such a pod").clone()
    }
}

impl FakePod {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.clock.now().as_second().unsigned_abs())
    }

    fn exit(&self, container: &str, code: i32, reason: ExitReason) {
        let now = self.now();
        self.processes.send_if_modified(|processes| {
            let found = processes.iter_mut().flat_map(|all| &mut all.containers).find(|one| one.name == container);
            let Some((process, started_at)) = found.and_then(|process| match process.state {
                ContainerState::Running { started_at, .. } => Some((process, started_at)),
                ContainerState::Exited(_) => None,
            }) else {
                return false;
            };
            let exit = Exit { code, signal: None, reason, message: String::new(), started_at, finished_at: now };
            process.state = ContainerState::Exited(exit);
            true
        });
    }
}

impl Machine for Fake {
    type Pod = FakePod;

    fn gateway(&self) -> IpAddr {
        Ipv4Addr::new(127, 28, 0, 1).into()
    }

    fn resolver(&self) -> SocketAddr {
        (self.gateway(), 53).into()
    }

    fn allocate_address(&self) -> Result<IpAddr, MachineError> {
        let mut inner = self.inner.lock();
        inner.addresses += 1;
        Ok(Ipv4Addr::new(127, 28, 1, inner.addresses).into())
    }

    fn release_address(&self, _address: IpAddr) {}

    fn volume_dir(&self, uid: &str, volume: &str) -> PathBuf {
        self.folder.join("pods").join(uid).join(volume)
    }

    async fn create(&self, launch: PodLaunch) -> Result<FakePod, MachineError> {
        let mut inner = self.inner.lock();
        inner.created += 1;
        let pod = FakePod {
            launch: launch.clone(),
            processes: watch::Sender::new(Some(PodProcesses::default())),
            launches: Arc::default(),
            log: Arc::clone(&self.log),
            clock: self.clock.clone(),
        };
        inner.pods.insert(launch.uid, pod.clone());
        Ok(pod)
    }

    async fn find(&self, uid: &str) -> Result<Option<Found<FakePod>>, MachineError> {
        let found = self.inner.lock().pods.get(uid).cloned();
        Ok(found.map(|pod| Found { launch: pod.launch.clone(), sandbox: Some(pod) }))
    }

    async fn found(&self) -> Result<Vec<String>, MachineError> {
        Ok(self.inner.lock().pods.keys().cloned().collect())
    }

    fn remove(&self, uid: &str) -> io::Result<()> {
        self.inner.lock().pods.remove(uid);
        Ok(())
    }
}

impl Sandbox for FakePod {
    type Processes = FakeProcesses;

    async fn start(&self, container: ContainerLaunch) -> Result<Vec<String>, ShimError> {
        let now = self.now();
        let name = container.name.clone();
        self.log.lock().push(format!("{}/{name}", self.launch.name));
        self.launches.lock().push(container);
        self.processes.send_modify(|processes| {
            let all = &mut processes.get_or_insert_default().containers;
            let before = all.iter().find(|one| one.name == name).cloned();
            all.retain(|one| one.name != name);
            all.push(ContainerProcess {
                name,
                instance: before.as_ref().map_or(0, |before| before.instance + 1),
                state: ContainerState::Running { pid: 1, started_at: now },
                last: before.and_then(|before| before.exit().cloned()),
            });
        });
        Ok(Vec::new())
    }

    async fn stop(&self, _grace: Duration) -> Result<(), ShimError> {
        let processes = self.processes.borrow().clone().unwrap_or_default();
        processes.containers.iter().for_each(|process| self.exit(&process.name, 143, ExitReason::Error));
        Ok(())
    }

    async fn stop_container(&self, name: &str, _grace: Duration) -> Result<(), ShimError> {
        self.exit(name, 143, ExitReason::Error);
        Ok(())
    }

    async fn end(&self) -> Result<(), ShimError> {
        self.processes.send_replace(None);
        Ok(())
    }

    async fn watch(&self) -> Result<FakeProcesses, ShimError> {
        Ok(FakeProcesses { receiver: self.processes.subscribe(), is_first: true })
    }
}

impl Processes for FakeProcesses {
    async fn next(&mut self) -> Result<Option<PodProcesses>, ShimError> {
        if !std::mem::take(&mut self.is_first) {
            let _ = self.receiver.changed().await; // the sandbox holds the sender
        }
        Ok(self.receiver.borrow_and_update().clone())
    }
}
