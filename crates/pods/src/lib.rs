//! Processes as pods: shims, isolation, volumes, network files, logs.
//!
//! Runs what it is told to run and reports what became of it. Decides nothing: which pod starts, where, and whether a container
//! starts again is `plan`'s and `kube`'s business. The program that uses this crate gives itself two hidden commands, so that
//! a pod can be made of the same program: [`SHIM_COMMAND`] runs [`shim_main`], [`INIT_COMMAND`] runs [`init_main`].

mod cgroup;
mod client;
pub mod files;
mod host;
mod init;
mod isolation;
mod launch;
pub mod logs;
pub mod network;
mod protocol;
mod shim;
pub mod stamp;
mod status;
pub mod volume;

pub use client::{Shim, ShimError, Watch};
pub use host::{AddressError, AdoptError, Adopted, CreateError, Host, HostConfig, OpenError, RecordError};
pub use init::init_main;
pub use isolation::{Choice, Isolation, IsolationError, Mounts};
pub use launch::{ContainerLaunch, Dns, HostAlias, HostPathKind, Image, Limits, Mount, MountSource, PodLaunch};
pub use network::bridge::BridgeError;
pub use network::loopback::ClaimError;
pub use protocol::{Refusal, StartFailure};
pub use shim::shim_main;
pub use status::{ContainerProcess, ContainerState, Exit, ExitReason, PodProcesses};

/// The hidden command that makes the program a pod's shim.
pub const SHIM_COMMAND: &str = "kube-shim";
/// The hidden command that makes the program the first process of a container, until it executes the container's own.
pub const INIT_COMMAND: &str = "kube-init";
