//! What keeps pods apart, chosen by trying it for real in a process of its own. Knows nothing of single pods.

use std::fmt;
use std::io;
use std::path::Path;
use std::process::Stdio;

use serde::{Deserialize, Serialize};
use tokio::process::Command;

use crate::SHIM_COMMAND;
use crate::network::bridge::BridgeError;

/// `--isolation`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// Namespaces where this process may have them, else loopback.
    #[default]
    Auto,
    /// Namespaces or an error.
    Namespaces,
    /// Loopback, also as root.
    Loopback,
}

/// What keeps the pods of one runtime apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Isolation {
    /// Mount, pid, ipc, uts and network namespaces for each pod, and a bridge between them. Runs any image.
    Namespaces,
    /// An address in 127/8 for each pod. Runs the built-in image.
    Loopback(Mounts),
}

/// How a pod of the loopback form sees its volumes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mounts {
    /// Mounted at their mount paths, in mount, pid, ipc and uts namespaces.
    Real,
    /// Where they lie: the built-in program translates its paths by the pod context.
    Mapped,
}

impl fmt::Display for Isolation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Namespaces => "namespaces",
            Self::Loopback(_) => "loopback",
        })
    }
}

/// An isolation form and why it was taken, in words for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Picked {
    /// The form.
    pub(crate) isolation: Isolation,
    /// Why this one.
    pub(crate) reason: String,
}

/// Why the form that was asked for cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum IsolationError {
    /// The trial failed.
    #[error("namespaces isolation is not possible here ({reason}): run as root, or use --isolation=loopback")]
    Namespaces {
        /// What the trial said.
        reason: String,
    },
    /// The trial could not be made.
    #[error("cannot run {program} to try isolation")]
    Trial {
        /// The program.
        program: String,
        /// What the system said.
        source: io::Error,
    },
    /// The bridge could not be made.
    #[error(transparent)]
    Bridge(#[from] BridgeError),
}

/// Picks a form by trying it with this program.
pub(crate) async fn pick(choice: Choice, program: &Path) -> Result<Picked, IsolationError> {
    let namespaces = match choice {
        Choice::Loopback => Err("asked for by --isolation=loopback".to_owned()),
        Choice::Auto | Choice::Namespaces => attempt(program, Isolation::Namespaces).await?,
    };
    match (choice, namespaces) {
        (_, Ok(())) => Ok(Picked { isolation: Isolation::Namespaces, reason: "this process may make them".to_owned() }),
        (Choice::Namespaces, Err(reason)) => Err(IsolationError::Namespaces { reason }),
        (_, Err(reason)) => loopback(program, reason).await,
    }
}

/// The loopback form, with real mounts where a trial has them.
pub(crate) async fn loopback(program: &Path, reason: String) -> Result<Picked, IsolationError> {
    Ok(match attempt(program, Isolation::Loopback(Mounts::Real)).await? {
        Ok(()) => Picked { isolation: Isolation::Loopback(Mounts::Real), reason },
        Err(refusal) => {
            let reason = format!("{reason}; volumes are mapped, not mounted: {refusal}");
            Picked { isolation: Isolation::Loopback(Mounts::Mapped), reason }
        }
    })
}

/// The argument after [`SHIM_COMMAND`] that makes it a trial.
pub(crate) const TRIAL: &str = "--try";

async fn attempt(program: &Path, isolation: Isolation) -> Result<Result<(), String>, IsolationError> {
    let trial = |source| IsolationError::Trial { program: program.display().to_string(), source };
    let form = serde_json::to_string(&isolation).map_err(|error| trial(error.into()))?;
    let mut command = Command::new(program);
    command.args([SHIM_COMMAND, TRIAL, &form]).env_clear().stdin(Stdio::null());
    let output = command.output().await.map_err(trial)?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    Ok(if output.status.success() { Ok(()) } else { Err(said) })
}
