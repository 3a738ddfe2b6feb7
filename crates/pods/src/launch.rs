//! What a pod and a container are started from. Knows no manifest: every variable, mount and limit is decided by then.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// All a shim must know about its pod before the first container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PodLaunch {
    /// `metadata.uid`; names the pod's folder, so it must be one plain path component.
    pub uid: String,
    /// `metadata.name`.
    pub name: String,
    /// `metadata.namespace`.
    pub namespace: String,
    /// The host name inside the pod: `spec.hostname`, else the pod's name.
    pub hostname: String,
    /// `hostname.subdomain.namespace.svc.cluster.local`, when the pod has a subdomain.
    pub fqdn: Option<String>,
    /// The (virtual) node it runs on; for people who look at the pod's folder.
    pub node: String,
    /// The pod's address, from [`crate::Host::allocate_address`].
    pub address: IpAddr,
    /// What `/etc/resolv.conf` says.
    pub dns: Dns,
    /// Who answers cluster DNS, with its port: [`crate::Host::resolver_bind`]. Handed to the built-in agent in loopback form.
    pub resolver: Option<SocketAddr>,
    /// `spec.hostAliases`.
    pub host_aliases: Vec<HostAlias>,
    /// `emptyDir` volumes of `medium: Memory`: volume name to size limit in bytes.
    pub memory_volumes: BTreeMap<String, Option<u64>>,
}

/// The content of a pod's `/etc/resolv.conf`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dns {
    /// `nameserver` lines, at most three.
    pub servers: Vec<IpAddr>,
    /// The `search` line, at most 32 domains.
    pub search: Vec<String>,
    /// The `options` line: `ndots:5`.
    pub options: Vec<String>,
}

/// One entry of `spec.hostAliases`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostAlias {
    /// The address.
    pub ip: IpAddr,
    /// The names it answers to.
    pub hostnames: Vec<String>,
}

/// All a shim must know to start one container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerLaunch {
    /// The container's name in its pod; one plain path component.
    pub name: String,
    /// What it runs.
    pub image: Image,
    /// Replaces the image's entrypoint when not empty, as `command` of the manifest does.
    pub command: Vec<String>,
    /// The arguments; empty means the image's own (`agent -dev -client 0.0.0.0` for the built-in one), unless `command` is set.
    pub args: Vec<String>,
    /// Every variable, already expanded. `PATH`, `HOSTNAME` and the pod context are added when absent.
    pub env: Vec<(String, String)>,
    /// `workingDir`; `None` is the image's (`/`).
    pub working_dir: Option<PathBuf>,
    /// In any order: they are mounted shortest target first.
    pub mounts: Vec<Mount>,
    /// `runAsUser`; `None` is the image's (0 inside the pod). Another than 0 needs namespaces isolation.
    pub user: Option<u32>,
    /// `runAsGroup`.
    pub group: Option<u32>,
    /// `supplementalGroups` and `fsGroup`.
    pub groups: Vec<u32>,
    /// `readOnlyRootFilesystem`.
    pub read_only_root: bool,
    /// `resources.limits`.
    pub limits: Limits,
    /// `terminationMessagePath`: a file whose first 4096 bytes are reported as the exit's message.
    pub termination_message_path: Option<PathBuf>,
}

/// What a container runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Image {
    /// This program, under the names `consul` and `proconsul`.
    Builtin,
    /// An unpacked image: its files are never changed, writes go to a layer of the container's own. Needs namespaces isolation.
    Rootfs(PathBuf),
}

/// One `volumeMount`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mount {
    /// The volume's name, for messages.
    pub volume: String,
    /// Where its files lie.
    pub source: MountSource,
    /// `mountPath`, absolute.
    pub target: PathBuf,
    /// `subPath`, or `subPathExpr` already expanded: relative, without `..`; created as a folder when missing.
    pub sub_path: Option<String>,
    /// `readOnly`.
    pub read_only: bool,
}

/// Where the files of a volume lie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MountSource {
    /// `hostPath`: a path of this machine.
    HostPath {
        /// The path, absolute.
        path: PathBuf,
        /// What must be there.
        kind: HostPathKind,
    },
    /// A folder that stands for a PersistentVolume (local volume, NFS stand-in); it must exist.
    Directory(PathBuf),
    /// The pod's own folder for this volume: an `emptyDir`, made on first use.
    EmptyDir,
    /// The pod's own folder for this volume, filled by [`crate::volume::write_files`]: ConfigMap, Secret, downward API.
    Files,
}

/// `hostPath.type`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum HostPathKind {
    /// No check; a missing path becomes a folder, as container engines do.
    #[default]
    Any,
    /// A folder, made when missing (mode 0755).
    DirectoryOrCreate,
    /// A folder.
    Directory,
    /// A file, made empty when missing (mode 0644); its folder must exist.
    FileOrCreate,
    /// A file.
    File,
    /// A Unix socket.
    Socket,
    /// A character device.
    CharDevice,
    /// A block device.
    BlockDevice,
}

/// `resources.limits`, and the process bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Memory, bytes.
    pub memory_bytes: Option<u64>,
    /// CPU time in thousandths of a core: 500 is half a core.
    pub cpu_millis: Option<u64>,
    /// Processes and threads.
    pub processes: Option<u64>,
}

impl Limits {
    /// Whether nothing is limited.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
