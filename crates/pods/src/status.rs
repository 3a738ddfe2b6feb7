//! What the containers of a pod are doing: told over the shim's socket and kept on disk, so that an exit is never forgotten.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

/// The file in the pod's folder that holds [`PodProcesses`] as JSON.
pub(crate) const STATUS_FILE: &str = "status.json";

/// All containers of a pod that were ever started, in the order of their first start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PodProcesses {
    /// One entry per container name.
    pub containers: Vec<ContainerProcess>,
}

/// One container: its present instance and how the one before it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerProcess {
    /// The container's name.
    pub name: String,
    /// How often it was started before: 0 for the first instance, so this is Kubernetes' `restartCount`.
    pub instance: u32,
    /// What the present instance is doing.
    pub state: ContainerState,
    /// How the instance before ended; kept until the next one ends.
    pub last: Option<Exit>,
}

/// What one instance of a container is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ContainerState {
    /// Its program runs.
    Running {
        /// As this machine's process table shows it.
        pid: u32,
        /// Since when.
        started_at: SystemTime,
    },
    /// Its program ended.
    Exited(Exit),
}

/// How an instance ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exit {
    /// The exit code; 128 + n for signal n, 137 when the end was not witnessed, 128 when the program could not be executed.
    pub code: i32,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// Why, in Kubernetes' words.
    pub reason: ExitReason,
    /// What the program wrote to its termination message path, or why it could not be executed; empty when nothing.
    pub message: String,
    /// When it started.
    pub started_at: SystemTime,
    /// When it ended; for a lost container, when the loss was noticed.
    pub finished_at: SystemTime,
}

/// The `reason` of a terminated container; each is spelled as Kubernetes spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExitReason {
    /// Exit code 0.
    Completed,
    /// Any other exit code, or a signal.
    Error,
    /// Killed by the kernel for its memory limit.
    OOMKilled,
    /// The program could not be executed.
    StartError,
    /// The shim is gone and took its containers with it, unwitnessed.
    ContainerStatusUnknown,
}

impl ExitReason {
    /// The word clients read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "Completed",
            Self::Error => "Error",
            Self::OOMKilled => "OOMKilled",
            Self::StartError => "StartError",
            Self::ContainerStatusUnknown => "ContainerStatusUnknown",
        }
    }
}

impl PodProcesses {
    /// The container of this name.
    pub fn container(&self, name: &str) -> Option<&ContainerProcess> {
        self.containers.iter().find(|container| container.name == name)
    }

    /// Whether any container runs.
    pub fn is_running(&self) -> bool {
        self.containers.iter().any(ContainerProcess::is_running)
    }

    /// The same, when the shim is found gone: what ran is lost (137, `ContainerStatusUnknown`).
    #[must_use]
    pub fn lost(mut self, noticed_at: SystemTime) -> Self {
        for container in &mut self.containers {
            if let ContainerState::Running { started_at, .. } = container.state {
                container.state = ContainerState::Exited(Exit {
                    code: 137,
                    signal: None,
                    reason: ExitReason::ContainerStatusUnknown,
                    message: "the container's shim is gone, and its processes with it".to_owned(),
                    started_at,
                    finished_at: noticed_at,
                });
            }
        }
        self
    }

    /// What the pod's folder holds; empty when nothing was ever started.
    pub(crate) fn load(pod_dir: &Path) -> io::Result<Self> {
        match fs::read(pod_dir.join(STATUS_FILE)) {
            Ok(text) => serde_json::from_slice(&text).map_err(io::Error::from),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }

    /// Puts it into the pod's folder so that it survives any crash: written aside, synced, renamed.
    pub(crate) fn save(&self, pod_dir: &Path) -> io::Result<()> {
        write_durably(pod_dir, STATUS_FILE, &serde_json::to_vec(self)?)
    }
}

impl ContainerProcess {
    /// Whether its program runs.
    pub fn is_running(&self) -> bool {
        matches!(self.state, ContainerState::Running { .. })
    }

    /// How the present instance ended, if it did.
    pub fn exit(&self) -> Option<&Exit> {
        match &self.state {
            ContainerState::Exited(exit) => Some(exit),
            ContainerState::Running { .. } => None,
        }
    }
}

/// Writes a file of a folder so that a crash leaves the old content or the new, never a part.
pub(crate) fn write_durably(dir: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    let aside = dir.join(format!("{name}.new"));
    let mut file = File::create(&aside)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&aside, dir.join(name))?;
    File::open(dir)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn running(name: &str) -> ContainerProcess {
        let state = ContainerState::Running { pid: 42, started_at: SystemTime::UNIX_EPOCH };
        ContainerProcess { name: name.to_owned(), instance: 0, state, last: None }
    }

    #[test]
    fn a_status_reads_back_from_its_folder() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(PodProcesses::load(dir.path()).unwrap(), PodProcesses::default());
        let status = PodProcesses { containers: vec![running("consul")] };
        status.save(dir.path()).unwrap();
        assert_eq!(PodProcesses::load(dir.path()).unwrap(), status);
    }

    #[test]
    fn what_ran_under_a_lost_shim_counts_as_killed() {
        let status = PodProcesses { containers: vec![running("consul")] }.lost(SystemTime::now());
        let exit = status.container("consul").and_then(ContainerProcess::exit).unwrap();
        assert_eq!((exit.code, exit.reason.as_str()), (137, "ContainerStatusUnknown"));
        assert!(!status.is_running());
    }
}
