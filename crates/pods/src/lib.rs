//! Processes as pods: shims, isolation, volumes, network files, logs.
//!
//! Runs what it is told to run and reports what became of it. Decides nothing: which pod starts, where, and whether a container
//! starts again is `plan`'s and `kube`'s business. The program that uses this crate gives itself two hidden commands, so that
//! a pod can be made of the same program: [`SHIM_COMMAND`] runs [`shim_main`], [`INIT_COMMAND`] runs [`init_main`].

mod client;
mod launch;
mod protocol;
pub mod stamp;
mod status;

pub use client::{Shim, ShimError, Watch};
pub use launch::{ContainerLaunch, Dns, HostAlias, HostPathKind, Image, Limits, Mount, MountSource, PodLaunch};
pub use protocol::{Refusal, StartFailure};
pub use status::{ContainerProcess, ContainerState, Exit, ExitReason, PodProcesses};

/// The hidden command that makes the program a pod's shim.
pub const SHIM_COMMAND: &str = "kube-shim";
/// The hidden command that makes the program the first process of a container, until it executes the container's own.
pub const INIT_COMMAND: &str = "kube-init";
