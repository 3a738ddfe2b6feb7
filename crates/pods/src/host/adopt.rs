//! Finding the pods of an earlier runtime: those whose shims live, and what became of the others.

use std::fs::{self, File};
use std::io;
use std::net::IpAddr;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::Host;
use crate::client::Shim;
use crate::launch::PodLaunch;
use crate::protocol::SOCKET;
use crate::shim::ShimSpec;
use crate::status::PodProcesses;

/// A pod of an earlier runtime.
#[derive(Clone, Debug)]
pub struct Adopted {
    /// What it was created from.
    pub launch: PodLaunch,
    /// Its shim, when that lives.
    pub shim: Option<Shim>,
    /// What its containers are doing; without a shim, those that ran are lost.
    pub processes: PodProcesses,
}

/// Why a pod's folder says nothing.
#[derive(Debug, thiserror::Error)]
pub enum AdoptError {
    /// Not readable.
    #[error("cannot read the pod in {}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system or the parser said.
        source: io::Error,
    },
}

impl Host {
    /// The pod of this uid, if its folder is there.
    pub async fn adopt(&self, uid: &str) -> Result<Option<Adopted>, AdoptError> {
        let pod_dir = self.pod_dir(uid);
        let folder = |source| AdoptError::Folder { path: pod_dir.clone(), source };
        let Some(spec) = ShimSpec::load(&pod_dir).map_err(folder)? else {
            return Ok(None);
        };
        let shim = Shim::new(pod_dir.clone());
        // Asked first, read after: the folder's last word is written before a shim leaves.
        let (shim, processes) = match shim.status().await {
            Ok(processes) => (Some(shim), processes),
            Err(_) => (None, PodProcesses::load(&pod_dir).map_err(folder)?.lost(SystemTime::now())),
        };
        Ok(Some(Adopted { launch: spec.launch, shim, processes }))
    }

    /// Every pod of this state directory.
    pub async fn adopt_all(&self) -> Result<Vec<Adopted>, AdoptError> {
        let mut adopted = Vec::new();
        for pod_dir in pod_dirs(&self.state_dir) {
            let uid = pod_dir.file_name().unwrap_or_default().to_string_lossy();
            adopted.extend(self.adopt(&uid).await?);
        }
        Ok(adopted)
    }

    /// Notes the addresses of all pods whose folders are there, so that none is handed out twice.
    pub(super) fn take_known_addresses(&self) {
        for pod_dir in pod_dirs(&self.state_dir) {
            if let Ok(Some(ShimSpec { launch: PodLaunch { address: IpAddr::V4(address), .. }, .. })) =
                ShimSpec::load(&pod_dir)
            {
                self.lock_addresses().take(address);
            }
        }
    }
}

/// Whether any pod of this state directory has a living shim.
pub(super) fn any_alive(state_dir: &Path) -> bool {
    pod_dirs(state_dir).iter().any(|pod_dir| is_alive(pod_dir))
}

/// Whether a shim answers in this folder.
pub(super) fn is_alive(pod_dir: &Path) -> bool {
    let connect = |folder: File| UnixStream::connect(format!("/proc/self/fd/{}/{SOCKET}", folder.as_raw_fd()));
    File::open(pod_dir).and_then(connect).is_ok()
}

fn pod_dirs(state_dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(state_dir.join("pods")).into_iter().flatten().flatten();
    let mut dirs: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    dirs.sort();
    dirs
}
