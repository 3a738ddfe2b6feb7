//! What configuration has to know of the machine, as data and one small trait, so that resolving it can be tested.

use std::io;
use std::net::IpAddr;
use std::path::Path;

use proconsul_base::id::NodeId;
use proconsul_types::pod_context::PodContext;

use super::Place;

/// The machine that an agent is started on.
pub struct Environment<'a> {
    /// What the kernel calls this machine.
    pub hostname: String,
    /// One for each address of each network interface.
    pub interfaces: Vec<Interface>,
    /// A fresh identity, used when the node has none yet.
    pub fresh_node_id: NodeId,
    /// The pod that the agent stands for, from `PROCONSUL_POD_CONTEXT`.
    pub pod: Option<PodContext>,
    /// The files.
    pub files: &'a dyn Files,
}

impl Environment<'_> {
    /// The name of this machine, or of the pod.
    pub(super) fn hostname(&self) -> &str {
        self.pod.as_ref().map_or(&self.hostname, |pod| &pod.hostname)
    }

    /// Where a path of the configuration lies.
    pub(super) fn place(&self, path: &str) -> Place {
        match &self.pod {
            Some(pod) => Place::mapped(path, pod.outside(Path::new(path))),
            None => Place::new(path),
        }
    }
}

/// One address of a network interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// The interface: `eth0`.
    pub name: String,
    /// The address.
    pub address: IpAddr,
    /// Length of its network's prefix in bits.
    pub prefix_bits: u8,
    /// Whether the interface is up.
    pub up: bool,
    /// Whether it only leads back to this machine.
    pub loopback: bool,
    /// Whether a default route leaves through it.
    pub default_route: bool,
}

/// How configuration looks at files.
pub trait Files {
    /// What is at this path; links are followed.
    fn look(&self, path: &Path) -> io::Result<Found>;

    /// The text of a file, at most [`proconsul_base::limit::CONFIG_FILE_BYTES`] long.
    fn read(&self, path: &Path) -> io::Result<String>;
}

/// What is at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Something that can be read.
    File,
    /// A directory with these names in it, in any order.
    Directory(Vec<String>),
}
