//! The runtime of one state directory: store, controllers, pods, DNS and proxies, started together and ended in order.

mod stop;

pub use stop::{Extent, StopError};

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use proconsul_base::rand::Rng;
use proconsul_plan::launch::Allocatable;
use proconsul_pods::network::Cidr;
use proconsul_pods::{Choice, Host, HostConfig};
use proconsul_storage::disk::{Disk, DiskFile, RealDisk, RealFile};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::control::node::NodeFacts;
use crate::control::pod::PodSettings;
use crate::control::{Control, pod};
use crate::dns::listen::{self, Resolver};
use crate::proxy::{services, stable};
use crate::store::{Journal, JournalError, Store, StoreError};

/// What a runtime is started with.
#[derive(Clone, Debug)]
pub struct RuntimeConfig {
    /// Where everything is kept.
    pub state_dir: PathBuf,
    /// `--isolation`.
    pub isolation: Choice,
    /// `--pod-cidr`.
    pub pod_cidr: Option<Cidr>,
    /// `--nodes`.
    pub nodes: Option<u32>,
    /// `--nfs-export SERVER:PATH=DIR`, by `SERVER:PATH`.
    pub nfs_exports: BTreeMap<String, PathBuf>,
    /// `--builtin-images`.
    pub builtin_images: bool,
    /// `--http`.
    pub http: SocketAddr,
    /// The program that is run for pods.
    pub program: PathBuf,
    /// Its version.
    pub version: String,
    /// The seed of uids and generated names.
    pub seed: u64,
}

/// Why a runtime did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The state directory cannot be used.
    #[error("cannot use state directory {}", path.display())]
    StateDir {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another runtime has it.
    #[error("another runtime uses {}; `kube up` applies to it, `kube down` ends it", .0.display())]
    InUse(PathBuf),
    /// The objects cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The objects cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Pods cannot be run.
    #[error(transparent)]
    Host(#[from] proconsul_pods::OpenError),
    /// The cluster's resolver cannot listen.
    #[error("cluster DNS cannot listen on {address}")]
    Resolver {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The stable address cannot be opened, nor any port beside it.
    #[error("cannot listen on {address} for --http")]
    Http {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
}

/// What people are told about a runtime.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Its process.
    pub pid: u32,
    /// Its version.
    pub version: String,
    /// What keeps pods apart, and why that.
    pub isolation: String,
    /// Why that form was taken.
    pub isolation_reason: String,
    /// The pods' addresses.
    pub range: String,
    /// Cluster DNS.
    pub resolver: SocketAddr,
    /// The stable address.
    pub http: SocketAddr,
    /// Why it is not the asked one.
    pub http_note: Option<String>,
}

/// A running runtime. Dropping it leaves the pods' processes alone; [`Runtime::stop`] ends them.
#[derive(Debug)]
pub struct Runtime {
    store: Arc<Store>,
    host: Arc<Host>,
    facts: Facts,
    state_dir: PathBuf,
    node_count: watch::Sender<Option<u32>>,
    /// Who starts pods; ended first when the runtime stops.
    controllers: Mutex<Vec<JoinHandle<()>>>,
    others: Vec<JoinHandle<()>>,
    _resolver: Resolver,
    _lock: RealFile,
}

impl Runtime {
    /// Starts everything. Pods of an earlier runtime of the same state directory are taken over as they are.
    pub async fn start(config: RuntimeConfig) -> Result<Arc<Self>, StartError> {
        let state = |source| StartError::StateDir { path: config.state_dir.clone(), source };
        std::fs::create_dir_all(&config.state_dir).map_err(state)?;
        let state_dir = config.state_dir.canonicalize().map_err(state)?;
        let lock = lock(&state_dir)?;
        let mut rng = Rng::seeded(config.seed);
        let store = Store::open(Journal::open(&state_dir.join("store"))?, Clock::system(), rng.fork())?;
        let host = Arc::new(Host::open(host_config(&config)).await?);
        let address = host.resolver_bind();
        let resolver = listen::start(address, Arc::clone(&store), upstream(), rng.fork())
            .await
            .map_err(|source| StartError::Resolver { address, source })?;
        let http =
            stable::open(config.http).await.map_err(|source| StartError::Http { address: config.http, source })?;
        let facts = facts(&config, &host, &http);
        let machine = Arc::clone(&host);
        let (node_count, asked) = watch::channel(config.nodes);
        let control = Control::new(Arc::clone(&store), Arc::clone(&machine), node_facts(&config), asked);
        let controllers = vec![
            tokio::spawn(async move {
                if let Err(error) = control.run().await {
                    tracing::error!(%error, "the store failed; no controller works any more");
                }
            }),
            tokio::spawn(pod::run(Arc::clone(&store), machine, pod_settings(&config, &state_dir))),
        ];
        let others = vec![
            tokio::spawn(services::run(Arc::clone(&store))),
            tokio::spawn(stable::run(http.listener, Arc::clone(&store))),
        ];
        let controllers = Mutex::new(controllers);
        Ok(Arc::new(Self {
            store,
            host,
            facts,
            state_dir,
            node_count,
            controllers,
            others,
            _resolver: resolver,
            _lock: lock,
        }))
    }

    /// The objects.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// What people are told about it.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The state directory.
    pub fn state_dir(&self) -> &Path {
        &self.state_dir
    }

    /// From now on there are so many nodes; those beyond go when no pod is on them.
    pub fn set_nodes(&self, count: u32) {
        self.node_count.send_replace(Some(count));
    }

    /// The folder of a pod, where its logs are.
    pub fn pod_dir(&self, uid: &str) -> PathBuf {
        self.host.pod_dir(uid)
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.controllers.lock().iter().chain(&self.others).for_each(JoinHandle::abort);
    }
}

fn lock(state_dir: &Path) -> Result<RealFile, StartError> {
    let failed = |source| StartError::StateDir { path: state_dir.to_owned(), source };
    let file = RealDisk.open_or_create(&state_dir.join("runtime.lock")).map_err(failed)?;
    if file.try_lock().map_err(failed)? { Ok(file) } else { Err(StartError::InUse(state_dir.to_owned())) }
}

fn host_config(config: &RuntimeConfig) -> HostConfig {
    HostConfig {
        state_dir: config.state_dir.clone(),
        isolation: config.isolation,
        pod_cidr: config.pod_cidr,
        program: config.program.clone(),
    }
}

fn facts(config: &RuntimeConfig, host: &Host, http: &stable::Stable) -> Facts {
    let note = http.refusal.as_ref().map(|error| {
        let holder = proconsul_pods::network::holder(config.http, proconsul_pods::network::Transport::Tcp);
        match holder.and_then(|holder| holder.process) {
            Some((pid, name)) => format!("{} is taken by {name} (process {pid})", config.http),
            None => format!("{} cannot be had: {error}", config.http),
        }
    });
    Facts {
        pid: std::process::id(),
        version: config.version.clone(),
        isolation: host.isolation().to_string(),
        isolation_reason: host.reason().to_owned(),
        range: host.range().to_string(),
        resolver: host.resolver_bind(),
        http: http.address,
        http_note: note,
    }
}

fn pod_settings(config: &RuntimeConfig, state_dir: &Path) -> PodSettings {
    let facts = node_facts(config);
    let thousandths = i64::try_from(facts.processors).unwrap_or(i64::MAX).saturating_mul(1000);
    PodSettings {
        state_dir: state_dir.to_owned(),
        nfs_exports: config.nfs_exports.clone(),
        builtin_images: config.builtin_images,
        version: config.version.clone(),
        allocatable: Allocatable {
            cpu_thousandths: thousandths,
            memory_bytes: i64::try_from(facts.memory_kib.saturating_mul(1024)).unwrap_or(i64::MAX),
            ephemeral_storage_bytes: 0,
        },
    }
}

fn node_facts(config: &RuntimeConfig) -> NodeFacts {
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let memory_kib =
        memory.lines().find_map(|line| line.strip_prefix("MemTotal:")?.split_whitespace().next()?.parse().ok());
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    NodeFacts {
        processors: std::thread::available_parallelism().map_or(1, usize::from),
        memory_kib: memory_kib.unwrap_or(0),
        kernel: kernel.trim().to_owned(),
        runtime: format!("proconsul://{}", config.version),
    }
}

/// The host's own resolvers, for names outside the cluster.
fn upstream() -> Vec<SocketAddr> {
    std::fs::read_to_string("/etc/resolv.conf").map(|text| listen::upstream_of(&text)).unwrap_or_default()
}

/// The longest that stopping one pod may take beyond its grace period before the next one's turn comes.
const STOP_SLACK: Duration = Duration::from_secs(5);
