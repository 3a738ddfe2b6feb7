//! The words between the runtime and a shim: one request per connection, one JSON line each way (more for the streams).

use serde::{Deserialize, Serialize};

use crate::launch::ContainerLaunch;
use crate::status::PodProcesses;

/// The shim's socket in the pod's folder.
pub(crate) const SOCKET: &str = "shim.sock";

/// What the runtime asks.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Request {
    /// Start a container that does not run; answered when its program was executed or failed to.
    Start(Box<ContainerLaunch>),
    /// Send a signal to a container's main process.
    Signal { container: String, signal: i32 },
    /// SIGTERM to the containers, SIGKILL to all that is left after the grace; answered when they are gone.
    Stop { container: Option<String>, grace_ms: u64 },
    /// What the containers are doing.
    Status,
    /// The same now and at every change, until the connection closes.
    Watch,
    /// A line each time a container instance's log grew, and the end of the connection when it will grow no more.
    Follow { container: String, instance: u32 },
    /// Leave when no container runs any more; the connection closes when the shim is gone.
    End,
}

/// What the shim answers.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Reply {
    /// Done.
    Done,
    /// Started; what could not be had, in words for an event.
    Started { warnings: Vec<String> },
    /// To `Status` and `Watch`.
    Status(PodProcesses),
    /// To `Follow`.
    Grown,
    /// Not done.
    Refused(Refusal),
}

/// Why a shim did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Refusal {
    /// The request names a container that was never started, or does not run.
    #[error("container {container:?} does not run in this pod")]
    NotRunning {
        /// Its name.
        container: String,
    },
    /// The container runs already.
    #[error("container {container:?} runs already")]
    RunsAlready {
        /// Its name.
        container: String,
    },
    /// The shim was told to end.
    #[error("the pod is ending and starts nothing more")]
    Ending,
    /// The container could not be started.
    #[error(transparent)]
    Start(#[from] StartFailure),
    /// The shim's own disk or kernel refused.
    #[error("the pod's shim failed to {attempt}: {message}")]
    Shim {
        /// What it tried.
        attempt: String,
        /// What the system said.
        message: String,
    },
    /// The request is no request.
    #[error("the pod's shim does not understand the request: {message}")]
    Unreadable {
        /// What the parser said.
        message: String,
    },
}

/// Why a container could not be started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum StartFailure {
    /// Kubernetes' `CreateContainerConfigError`: the sub path is missing, escapes its volume, or cannot be made.
    #[error("failed to prepare subPath for volumeMount {volume:?} of container {container:?}: {message}")]
    SubPath {
        /// The volume's name.
        volume: String,
        /// The container's name.
        container: String,
        /// Why.
        message: String,
    },
    /// Kubernetes' `FailedMount`: the volume's source is not there or not what it should be.
    #[error("MountVolume.SetUp failed for volume {volume:?} : {message}")]
    Volume {
        /// The volume's name.
        volume: String,
        /// Why.
        message: String,
    },
    /// Kubernetes' `CreateContainerError`: the container's root, user or working directory could not be made.
    #[error("failed to create container {container:?}: {message}")]
    Create {
        /// The container's name.
        container: String,
        /// Why.
        message: String,
    },
    /// What is asked cannot be had in the present isolation form; says what to do.
    #[error("container {container:?} {message}")]
    Isolation {
        /// The container's name.
        container: String,
        /// What, and what to do.
        message: String,
    },
    /// Kubernetes' `StartError`: the program could not be executed. Counts as an instance that exited with 128.
    #[error("failed to start container {container:?}: exec: {program:?}: {message}")]
    Exec {
        /// The container's name.
        container: String,
        /// The program.
        program: String,
        /// Why.
        message: String,
    },
}
