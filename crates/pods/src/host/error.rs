//! Why a host, a pod or an address is not to be had.

use std::io;
use std::path::PathBuf;

use super::RecordError;
use crate::isolation::IsolationError;
use crate::network::Cidr;
use crate::network::loopback::ClaimError;

/// Why a [`Host`] cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The state directory cannot be used.
    #[error("cannot use state directory {}", path.display())]
    StateDir {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// What was recorded of the network cannot be read or written.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The isolation form cannot be had.
    #[error(transparent)]
    Isolation(#[from] IsolationError),
    /// No address range can be had.
    #[error(transparent)]
    Claim(#[from] ClaimError),
    /// Living pods were started in the other form.
    #[error("the pods of {} run in {found} isolation, not {asked}: stop them with `kube down` first", path.display())]
    OtherIsolation {
        /// The state directory.
        path: PathBuf,
        /// The pods' form.
        found: String,
        /// The form of this start.
        asked: String,
    },
    /// Living pods have addresses of another range.
    #[error("the pods of {} have addresses of {found}, not {asked}: stop them with `kube down` first", path.display())]
    OtherRange {
        /// The state directory.
        path: PathBuf,
        /// The pods' range.
        found: Cidr,
        /// The range of this start.
        asked: Cidr,
    },
}

/// Why a pod was not created.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// The uid would name a folder elsewhere.
    #[error("pod uid {uid:?} is not one plain name")]
    Uid {
        /// The uid.
        uid: String,
    },
    /// Its shim lives.
    #[error("pod {pod} runs already")]
    RunsAlready {
        /// `namespace/name`.
        pod: String,
    },
    /// The pod's folder cannot be made.
    #[error("cannot make the folder of pod {pod} at {}", path.display())]
    Folder {
        /// `namespace/name`.
        pod: String,
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The shim could not be run.
    #[error("cannot run {} as the shim of pod {pod}", program.display())]
    Spawn {
        /// `namespace/name`.
        pod: String,
        /// The program.
        program: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The shim ran and gave up: Kubernetes' `FailedCreatePodSandBox`.
    #[error("failed to create the sandbox of pod {pod}: {message}")]
    Sandbox {
        /// `namespace/name`.
        pod: String,
        /// What it said.
        message: String,
    },
}

/// No address is left.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// All are taken.
    #[error("every address of {range} is taken")]
    Exhausted {
        /// The range.
        range: Cidr,
    },
    /// The place of the next one could not be recorded.
    #[error(transparent)]
    Record(#[from] RecordError),
}
