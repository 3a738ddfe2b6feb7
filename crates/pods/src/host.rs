//! The pods of one state directory: the network they share, the folders they live in, the shims that hold them.

mod adopt;
mod error;
mod record;

use std::collections::hash_map::DefaultHasher;
use std::fs::{self, DirBuilder, Permissions};
use std::hash::{Hash, Hasher};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Mutex;

use tokio::io::AsyncReadExt;
use tokio::process::Command;

pub use adopt::{AdoptError, Adopted};
pub use error::{AddressError, CreateError, OpenError};
use record::NetworkRecord;
pub use record::RecordError;

use crate::client::Shim;
use crate::isolation::{self, Choice, Isolation, IsolationError, Picked};
use crate::launch::PodLaunch;
use crate::network::bridge::{self, Bridge, BridgeError};
use crate::network::loopback::{self, Claim, ClaimError};
use crate::network::{Addresses, Cidr};
use crate::shim::{READY, ShimSpec};
use crate::{SHIM_COMMAND, cgroup, volume};

/// What a [`Host`] is opened with.
#[derive(Clone, Debug)]
pub struct HostConfig {
    /// The runtime's state directory; pods live in `pods/` of it.
    pub state_dir: PathBuf,
    /// `--isolation`.
    pub isolation: Choice,
    /// `--pod-cidr`, for the namespaces form; `None` takes a free range.
    pub pod_cidr: Option<Cidr>,
    /// The program that answers to [`SHIM_COMMAND`]; usually [`HostConfig::THIS_PROGRAM`].
    pub program: PathBuf,
}

impl HostConfig {
    /// The running program, also when its file was replaced or deleted since.
    pub const THIS_PROGRAM: &str = "/proc/self/exe";
}

/// The pods of one state directory.
#[derive(Debug)]
pub struct Host {
    state_dir: PathBuf,
    program: PathBuf,
    picked: Picked,
    network: Network,
    resolver: SocketAddr,
    addresses: Mutex<Addresses>,
}

#[derive(Debug)]
enum Network {
    Bridge(Bridge, Claim),
    Loopback(Claim),
}

impl Network {
    fn range(&self) -> Cidr {
        match self {
            Self::Bridge(_, claim) | Self::Loopback(claim) => claim.range,
        }
    }
}

impl Host {
    /// Picks the isolation form and makes the network ready; the pods of an earlier runtime keep running and keep both.
    pub async fn open(config: HostConfig) -> Result<Self, OpenError> {
        let state = |source| OpenError::StateDir { path: config.state_dir.clone(), source };
        let pods = config.state_dir.join("pods");
        fs::create_dir_all(&pods)
            .and_then(|()| fs::set_permissions(&pods, Permissions::from_mode(0o700)))
            .map_err(state)?;
        let state_dir = config.state_dir.canonicalize().map_err(state)?;
        let record = NetworkRecord::load(&state_dir)?;
        let (picked, network) = ready_network(&config, &state_dir, record.as_ref()).await?;
        let record = record.filter(|record| record.isolation == picked.isolation && record.range == network.range());
        let resolver = record.as_ref().map_or_else(|| free_resolver(network.range().at(1)), |record| record.resolver);
        let addresses = Addresses::new(network.range(), record.map_or(0, |record| record.next));
        let host =
            Self { state_dir, program: config.program, picked, network, resolver, addresses: Mutex::new(addresses) };
        host.take_known_addresses();
        host.save_record()?;
        Ok(host)
    }

    /// What keeps the pods apart.
    pub fn isolation(&self) -> Isolation {
        self.picked.isolation
    }

    /// Why that form was picked, for the user.
    pub fn reason(&self) -> &str {
        &self.picked.reason
    }

    /// The range of the pods' addresses.
    pub fn range(&self) -> Cidr {
        self.network.range()
    }

    /// The machine's own address in the pods' network: `status.hostIP`.
    pub fn gateway(&self) -> IpAddr {
        IpAddr::V4(self.network.range().at(1))
    }

    /// Where cluster DNS is to listen, TCP and UDP. The same for as long as the state directory lives, since pods know it.
    pub fn resolver_bind(&self) -> SocketAddr {
        self.resolver
    }

    /// A fresh address for a pod, different from those handed out lately.
    pub fn allocate_address(&self) -> Result<IpAddr, AddressError> {
        let range = self.network.range();
        let is_free = |address| match self.network {
            Network::Bridge(..) => true,
            Network::Loopback(_) => loopback::is_free(address),
        };
        let address = self.lock_addresses().allocate(is_free).ok_or(AddressError::Exhausted { range })?;
        self.save_record()?;
        Ok(IpAddr::V4(address))
    }

    /// Gives an address back when its pod is gone.
    pub fn release_address(&self, address: IpAddr) {
        if let IpAddr::V4(address) = address {
            self.lock_addresses().release(address);
        }
    }

    /// The pod's folder: `pods/UID` of the state directory.
    pub fn pod_dir(&self, uid: &str) -> PathBuf {
        self.state_dir.join("pods").join(uid)
    }

    /// Where the files of an `emptyDir`, ConfigMap, Secret or downward volume of a pod lie.
    pub fn volume_dir(&self, uid: &str, volume: &str) -> PathBuf {
        volume::pod_volume(&self.pod_dir(uid), volume)
    }

    /// Makes the pod's sandbox: its shim, its namespaces, its network. A pod whose shim was lost may be created again: its
    /// containers go on counting their instances.
    pub async fn create(&self, launch: PodLaunch) -> Result<Shim, CreateError> {
        if !is_plain_name(&launch.uid) {
            return Err(CreateError::Uid { uid: launch.uid });
        }
        let pod = format!("{}/{}", launch.namespace, launch.name);
        let pod_dir = self.pod_dir(&launch.uid);
        if adopt::is_alive(&pod_dir) {
            return Err(CreateError::RunsAlready { pod });
        }
        let bridge = match &self.network {
            Network::Bridge(bridge, _) => Some((bridge.name.clone(), bridge.range)),
            Network::Loopback(_) => None,
        };
        let spec = ShimSpec { launch, isolation: self.picked.isolation, bridge };
        let prepared =
            DirBuilder::new().recursive(true).mode(0o700).create(&pod_dir).and_then(|()| spec.save(&pod_dir));
        prepared.map_err(|source| CreateError::Folder { pod: pod.clone(), path: pod_dir.clone(), source })?;
        let spawn = |source| CreateError::Spawn { pod: pod.clone(), program: self.program.clone(), source };
        let said = self.run_shim(&pod_dir).await.map_err(spawn)?;
        if said == READY { Ok(Shim::new(pod_dir)) } else { Err(CreateError::Sandbox { pod, message: said }) }
    }

    /// Deletes the folder of a pod whose shim is gone: logs, root files and `emptyDir` volumes. That there is none is no error.
    pub fn remove(&self, uid: &str) -> io::Result<()> {
        match fs::remove_dir_all(self.pod_dir(uid)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            done_or_failed => done_or_failed,
        }
    }

    /// Takes the network down: the bridge and the control groups above the pods'. It stays while a pod lives in it; the next
    /// [`Host::open`] makes the same again.
    pub async fn close(&self) -> Result<(), BridgeError> {
        match &self.network {
            Network::Bridge(bridge, _) if !adopt::any_alive(&self.state_dir) => {
                cgroup::remove_parents();
                bridge.remove().await
            }
            Network::Bridge(..) | Network::Loopback(_) => Ok(()),
        }
    }

    /// Runs the shim until it is ready or gave up; what it said.
    async fn run_shim(&self, pod_dir: &Path) -> io::Result<String> {
        let errors = fs::OpenOptions::new().create(true).append(true).open(pod_dir.join("shim.log"))?;
        let mut command = Command::new(&self.program);
        command.arg0("proconsul").arg(SHIM_COMMAND).arg(pod_dir).current_dir(pod_dir).env_clear();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(errors).spawn()?;
        let mut said = String::new();
        if let Some(mut stdout) = child.stdout.take() {
            stdout.read_to_string(&mut said).await?;
        }
        child.wait().await?;
        Ok(said.trim_end().to_owned())
    }

    fn save_record(&self) -> Result<(), RecordError> {
        let bridge = match &self.network {
            Network::Bridge(bridge, _) => Some(bridge.name.clone()),
            Network::Loopback(_) => None,
        };
        let next = self.lock_addresses().next();
        let isolation = self.picked.isolation;
        let record = NetworkRecord { isolation, range: self.range(), bridge, resolver: self.resolver, next };
        record.save(&self.state_dir)
    }

    fn lock_addresses(&self) -> std::sync::MutexGuard<'_, Addresses> {
        self.addresses.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Picks the form and readies its network. Where root may have namespaces but no bridge, `auto` goes on in loopback form.
async fn ready_network(
    config: &HostConfig,
    state_dir: &Path,
    record: Option<&NetworkRecord>,
) -> Result<(Picked, Network), OpenError> {
    let living = record.filter(|_| adopt::any_alive(state_dir));
    let picked = match (config.isolation, living.map(|record| record.isolation)) {
        (Choice::Auto, Some(isolation)) => Picked { isolation, reason: "as the pods that run already".to_owned() },
        (choice, _) => isolation::pick(choice, &config.program).await?,
    };
    let (picked, network) = match (picked.isolation, config.isolation) {
        (Isolation::Loopback(_), _) => (picked, claim(state_dir, record)?),
        (Isolation::Namespaces, choice) => match raise_bridge(config, state_dir, record).await {
            Ok(network) => (picked, network),
            Err(error) if choice == Choice::Auto && living.is_none() => {
                let picked = isolation::loopback(&config.program, format!("no network namespaces: {error}")).await?;
                (picked, claim(state_dir, record)?)
            }
            Err(error) => return Err(error),
        },
    };
    match living.filter(|record| record.isolation != picked.isolation) {
        None => Ok((picked, network)),
        Some(record) => Err(OpenError::OtherIsolation {
            path: state_dir.to_owned(),
            found: record.isolation.to_string(),
            asked: picked.isolation.to_string(),
        }),
    }
}

fn claim(state_dir: &Path, record: Option<&NetworkRecord>) -> Result<Network, ClaimError> {
    let known = record.filter(|record| matches!(record.isolation, Isolation::Loopback(_)));
    let claim = match known {
        Some(record) => Claim::again(record.range),
        None => Claim::first(hash(state_dir)),
    };
    claim.map(Network::Loopback)
}

async fn raise_bridge(
    config: &HostConfig,
    state_dir: &Path,
    record: Option<&NetworkRecord>,
) -> Result<Network, OpenError> {
    let known = record.and_then(|record| Some(Bridge { name: record.bridge.clone()?, range: record.range }));
    let known = match (known, config.pod_cidr) {
        (Some(known), Some(asked)) if known.range != asked => {
            leave_range(state_dir, &known, asked).await?;
            None
        }
        (known, _) => known,
    };
    let claim = match (&known, config.pod_cidr) {
        (Some(known), _) => Claim::again(known.range)?,
        (None, Some(asked)) => {
            bridge::check_range(asked).map_err(IsolationError::Bridge)?;
            Claim::again(asked)?
        }
        (None, None) => {
            let mut claims = bridge::free_ranges().map(Claim::again);
            let free = claims.find(|claim| !matches!(claim, Err(ClaimError::Held { .. })));
            free.ok_or(IsolationError::Bridge(BridgeError::NoneFree))??
        }
    };
    let name = known.map_or_else(|| format!("pcon{:08x}", hash(state_dir) as u32), |known| known.name);
    let bridge = Bridge { name, range: claim.range };
    bridge.raise().await.map_err(IsolationError::Bridge)?;
    Ok(Network::Bridge(bridge, claim))
}

/// Gives up the range of an earlier runtime for the one that is asked for, unless pods live in it.
async fn leave_range(state_dir: &Path, known: &Bridge, asked: Cidr) -> Result<(), OpenError> {
    if adopt::any_alive(state_dir) {
        return Err(OpenError::OtherRange { path: state_dir.to_owned(), found: known.range, asked });
    }
    known.remove().await.map_err(|error| IsolationError::Bridge(error).into())
}

/// Port 53 of the address where this process may have it, else one that nobody holds.
fn free_resolver(address: Ipv4Addr) -> SocketAddr {
    let both = |port: u16| {
        let tcp = TcpListener::bind((address, port)).ok()?;
        let bound = tcp.local_addr().ok()?;
        UdpSocket::bind(bound).ok().map(|_| bound)
    };
    [53, 8653, 10_053, 0].into_iter().find_map(both).unwrap_or_else(|| SocketAddr::from((address, 53)))
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Whether a text names one entry of a folder and nothing else.
pub(crate) fn is_plain_name(text: &str) -> bool {
    !text.is_empty() && text != "." && text != ".." && !text.contains(['/', '\0'])
}
