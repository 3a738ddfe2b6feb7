//! The first process of a container, until it becomes the container's own program: it makes the root, the mounts, the user and
//! the environment around itself, then executes. Told what to do on standard input; tells there what it could not do.

mod mapped;
mod mounts;
mod program;
mod root;

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;
use nix::unistd::{Gid, Uid, dup2_stdin, setgid, setgroups, setsid, setuid};
use proconsul_types::pod_context::{PROCONSUL_POD_CONTEXT, PathMap, PodContext};
use serde::{Deserialize, Serialize};

use crate::isolation::{Isolation, Mounts};
use crate::launch::{ContainerLaunch, Image};
use crate::protocol::StartFailure;
use crate::shim::ShimSpec;

/// What a container's first process is told.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct InitSpec {
    pub(crate) pod: ShimSpec,
    pub(crate) container: ContainerLaunch,
    pub(crate) pod_dir: PathBuf,
    /// Files into which it writes itself to come under the container's limits.
    pub(crate) cgroups: Vec<PathBuf>,
    /// What to show at the container's termination message path.
    pub(crate) termination_message: Option<PathBuf>,
}

impl InitSpec {
    fn create(&self, attempt: &str, error: impl std::fmt::Display) -> StartFailure {
        let container = self.container.name.clone();
        StartFailure::Create { container, message: format!("cannot {attempt}: {error}") }
    }

    fn isolation(&self, message: &str) -> StartFailure {
        StartFailure::Isolation { container: self.container.name.clone(), message: message.to_owned() }
    }

    /// The folder of this container in the pod's.
    fn container_dir(&self) -> PathBuf {
        self.pod_dir.join("containers").join(&self.container.name)
    }
}

/// Runs the hidden command [`crate::INIT_COMMAND`]; returns only when the container's program was not executed.
pub fn init_main(_args: impl IntoIterator<Item = String>) -> ExitCode {
    match become_container() {
        Ok(never) => match never {},
        // Nobody is left to tell: the shim is gone.
        Err(_) => ExitCode::FAILURE,
    }
}

enum Never {}

fn become_container() -> io::Result<Never> {
    let answer = io::stdin().as_fd().try_clone_to_owned()?;
    let mut text = Vec::new();
    io::stdin().read_to_end(&mut text)?;
    let spec: InitSpec = serde_json::from_slice(&text)?;
    let failure = match run(&spec) {
        Ok(never) => return Ok(never),
        Err(failure) => failure,
    };
    serde_json::to_writer(File::from(answer), &failure)?;
    Err(io::ErrorKind::Other.into())
}

fn run(spec: &InitSpec) -> Result<Never, StartFailure> {
    check_isolation(spec)?;
    setsid().map_err(|errno| spec.create("make a session", errno))?;
    for entrance in &spec.cgroups {
        fs::write(entrance, "0").map_err(|error| spec.create("come under the limits", error))?;
    }
    let paths = match spec.pod.isolation {
        Isolation::Namespaces | Isolation::Loopback(Mounts::Real) => {
            root::enter(spec)?;
            Vec::new()
        }
        Isolation::Loopback(Mounts::Mapped) => mapped::prepare(spec)?,
    };
    let mut command = program::command(spec, &paths)?;
    add_context(spec, paths, &mut command)?;
    become_user(spec)?;
    if spec.pod.isolation == Isolation::Loopback(Mounts::Mapped) {
        // Without a pid namespace, this ties the container to its shim. Last, since a change of user undoes it.
        set_pdeathsig(Signal::SIGKILL).map_err(|errno| spec.create("be bound to the shim", errno))?;
    }
    let null: OwnedFd = File::open("/dev/null").map_err(|error| spec.create("open /dev/null", error))?.into();
    dup2_stdin(null).map_err(|errno| spec.create("close standard input", errno))?;
    let error = command.exec();
    Err(program::exec_failed(spec, &command, &error))
}

/// Refuses by name what the form cannot give.
fn check_isolation(spec: &InitSpec) -> Result<(), StartFailure> {
    let container = &spec.container;
    let asks_user = container.user.is_some_and(|user| user != 0)
        || container.group.is_some_and(|group| group != 0)
        || container.groups.iter().any(|group| *group != 0);
    match spec.pod.isolation {
        Isolation::Namespaces => Ok(()),
        Isolation::Loopback(_) if container.image != Image::Builtin => {
            Err(spec.isolation("has an image that is not built in: it needs --isolation=namespaces (as root)"))
        }
        Isolation::Loopback(mounts) if asks_user && !(mounts == Mounts::Real && is_machine_root()) => Err(spec
            .isolation("asks for a user or group in its securityContext: that needs --isolation=namespaces (as root)")),
        Isolation::Loopback(Mounts::Mapped) if container.read_only_root => {
            Err(spec.isolation("asks for readOnlyRootFilesystem: that needs mounts, which this machine refuses"))
        }
        Isolation::Loopback(_) => Ok(()),
    }
}

/// Whether this process may become any user: it is root, and not only of a user namespace.
fn is_machine_root() -> bool {
    let map = fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    let maps_more_than_one = map.split_whitespace().nth(2).is_some_and(|count| count != "1");
    Uid::effective().is_root() && maps_more_than_one
}

fn become_user(spec: &InitSpec) -> Result<(), StartFailure> {
    let container = &spec.container;
    if container.user.is_none() && container.group.is_none() && container.groups.is_empty() {
        return Ok(());
    }
    if !is_machine_root() {
        // Root of a user namespace already is the only user there.
        return Ok(());
    }
    let groups: Vec<Gid> = container.groups.iter().copied().map(Gid::from_raw).collect();
    setgroups(&groups).map_err(|errno| spec.create("take the supplemental groups", errno))?;
    setgid(Gid::from_raw(container.group.unwrap_or(0))).map_err(|errno| spec.create("take the group", errno))?;
    setuid(Uid::from_raw(container.user.unwrap_or(0))).map_err(|errno| spec.create("take the user", errno))
}

/// In loopback form, tells our program which pod it stands for.
fn add_context(spec: &InitSpec, paths: Vec<PathMap>, command: &mut Command) -> Result<(), StartFailure> {
    if spec.pod.isolation == Isolation::Namespaces {
        return Ok(());
    }
    let launch = &spec.pod.launch;
    let context = PodContext {
        hostname: launch.hostname.clone(),
        address: launch.address,
        resolver: launch.resolver,
        search: launch.dns.search.clone(),
        paths,
    };
    let text = context.to_json().map_err(|error| spec.create("tell the pod's context", error))?;
    command.env(PROCONSUL_POD_CONTEXT, text);
    Ok(())
}

/// Folders of the built-in image that its users may write to, as in the `consul` image.
const IMAGE_FOLDERS: [&str; 2] = ["consul/data", "consul/config"];

/// Makes the folder anew and empty: every instance begins with the image's own files.
fn make_fresh(spec: &InitSpec, path: &Path) -> Result<(), StartFailure> {
    let removed = match fs::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done_or_failed => done_or_failed,
    };
    let made = removed.and_then(|()| fs::create_dir_all(path));
    made.map_err(|error| spec.create("make the container's root", error))
}
