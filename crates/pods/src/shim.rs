//! One pod's shim: the small process that holds the pod's namespaces, its containers, their logs and their exits.
//!
//! It outlives the runtime that made it and leaves when told to and empty. With namespaces it is the first process of the
//! pod's pid namespace, so the kernel ends every container with it. Decides nothing: no container starts by itself.

mod pod;
mod processes;
mod sandbox;
mod serve;
mod spawn;
mod stop;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::{Deserialize, Serialize};

use crate::isolation::{Isolation, TRIAL};
use crate::launch::PodLaunch;
use crate::network::Cidr;
use crate::status::write_durably;

/// What a shim says when it answers on its socket.
pub(crate) const READY: &str = "ready";

/// The argument that makes it the process inside the sandbox, made by the one outside.
const INSIDE: &str = "--inside";

const SPEC_FILE: &str = "pod.json";

/// What a shim is made from: `pod.json` in the pod's folder.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ShimSpec {
    pub(crate) launch: PodLaunch,
    pub(crate) isolation: Isolation,
    /// Name and range of the bridge, in the namespaces form.
    pub(crate) bridge: Option<(String, Cidr)>,
}

impl ShimSpec {
    pub(crate) fn save(&self, pod_dir: &Path) -> io::Result<()> {
        write_durably(pod_dir, SPEC_FILE, &serde_json::to_vec(self)?)
    }

    /// `None` when the folder has no pod.
    pub(crate) fn load(pod_dir: &Path) -> io::Result<Option<Self>> {
        match fs::read(pod_dir.join(SPEC_FILE)) {
            Ok(text) => Ok(Some(serde_json::from_slice(&text)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Why a shim gave up before it was ready.
#[derive(Debug, thiserror::Error)]
enum ShimStartError {
    #[error("expected a pod's folder")]
    Arguments,
    #[error("cannot read what pod to make from {}: {source}", path.display())]
    Spec { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Sandbox(#[from] sandbox::SandboxError),
    #[error("cannot {attempt}: {source}")]
    System { attempt: &'static str, source: io::Error },
}

impl ShimStartError {
    fn system(attempt: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::System { attempt, source }
    }
}

/// Runs the hidden command [`crate::SHIM_COMMAND`]; `args` are those after it. Says on standard output that it is ready, or why
/// it is not.
pub fn shim_main(args: impl IntoIterator<Item = String>) -> ExitCode {
    let args: Vec<String> = args.into_iter().collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let ran = match args.as_slice() {
        [TRIAL, form] => sandbox::attempt(form).map_err(ShimStartError::from),
        [pod_dir, INSIDE] => serve::run(Path::new(pod_dir)),
        [pod_dir] => outside(Path::new(pod_dir)),
        _ => Err(ShimStartError::Arguments),
    };
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Whoever started this shim may be gone; then nobody is left to tell.
            let _ = writeln!(io::stdout(), "{}", with_causes(&error));
            ExitCode::FAILURE
        }
    }
}

/// Makes the sandbox and leaves the shim proper in it.
fn outside(pod_dir: &Path) -> Result<(), ShimStartError> {
    let spec = load_spec(pod_dir)?;
    sandbox::make(&spec, pod_dir)?;
    let spawned = spawn::this_program().args([crate::SHIM_COMMAND, &pod_dir.to_string_lossy(), INSIDE]).spawn();
    spawned.map(drop).map_err(ShimStartError::system("start the shim inside the pod's namespaces"))
}

fn load_spec(pod_dir: &Path) -> Result<ShimSpec, ShimStartError> {
    let spec = |source| ShimStartError::Spec { path: pod_dir.to_owned(), source };
    ShimSpec::load(pod_dir).map_err(spec)?.ok_or_else(|| spec(io::ErrorKind::NotFound.into()))
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}
