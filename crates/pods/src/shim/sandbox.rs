//! Making a pod's namespaces: by right where this process has it, else through a user namespace in which the user is root.

use std::fs;
use std::io;
use std::path::Path;

use nix::errno::Errno;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl::set_child_subreaper;
use nix::unistd::{Gid, Uid, sethostname, setsid};

use super::ShimSpec;
use crate::isolation::{Isolation, Mounts};
use crate::network::bridge::{Bridge, BridgeError, Outside};
use crate::volume::pod_volume;

/// Why there is no sandbox.
#[derive(Debug, thiserror::Error)]
pub(super) enum SandboxError {
    #[error("cannot {attempt}: {errno}")]
    Refused { attempt: &'static str, errno: Errno },
    #[error("cannot write {path}: {source}")]
    UserMap { path: &'static str, source: io::Error },
    #[error("cannot make the memory volume {volume:?}: {source}")]
    MemoryVolume { volume: String, source: io::Error },
    #[error(transparent)]
    Bridge(#[from] BridgeError),
    #[error("cannot start: {0}")]
    Runtime(#[source] io::Error),
    #[error("no such isolation form")]
    Form(#[source] serde_json::Error),
}

fn refused(attempt: &'static str) -> impl FnOnce(Errno) -> SandboxError {
    move |errno| SandboxError::Refused { attempt, errno }
}

/// What every pod with namespaces has of its own, the network aside.
const NAMESPACES: CloneFlags = CloneFlags::CLONE_NEWNS
    .union(CloneFlags::CLONE_NEWUTS)
    .union(CloneFlags::CLONE_NEWIPC)
    .union(CloneFlags::CLONE_NEWPID);

/// Tries a form in this process, which then ends.
pub(super) fn attempt(form: &str) -> Result<(), SandboxError> {
    let isolation = serde_json::from_str(form).map_err(SandboxError::Form)?;
    enter(isolation)?;
    let none: Option<&str> = None;
    mount(Some("tmpfs"), "/proc", Some("tmpfs"), MsFlags::empty(), none).map_err(refused("mount anything"))
}

/// Makes the sandbox around this process; the children it has from now on are inside.
pub(super) fn make(spec: &ShimSpec, pod_dir: &Path) -> Result<(), SandboxError> {
    setsid().map_err(refused("leave the session of the runtime"))?;
    match &spec.bridge {
        None => enter(spec.isolation)?,
        Some((name, range)) => {
            let bridge = Bridge { name: name.clone(), range: *range };
            let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
            runtime.map_err(SandboxError::Runtime)?.block_on(async {
                let way_back = Outside::open(&bridge)?;
                enter(spec.isolation)?;
                let name = outside_name();
                way_back.connect(&bridge, spec.launch.address, &name).await.map_err(SandboxError::from)
            })?;
        }
    }
    if spec.isolation == Isolation::Loopback(Mounts::Mapped) {
        return make_memory_volumes(spec, pod_dir, false);
    }
    sethostname(&spec.launch.hostname).map_err(refused("set the host name"))?;
    make_memory_volumes(spec, pod_dir, true)
}

/// In the form without namespaces, orphans of a container become this process's children, as they would in a pid namespace.
pub(super) fn adopt_orphans(isolation: Isolation) -> Result<(), io::Error> {
    match isolation {
        Isolation::Loopback(Mounts::Mapped) => set_child_subreaper(true).map_err(io::Error::from),
        Isolation::Namespaces | Isolation::Loopback(Mounts::Real) => Ok(()),
    }
}

fn enter(isolation: Isolation) -> Result<(), SandboxError> {
    match isolation {
        Isolation::Loopback(Mounts::Mapped) => return Ok(()),
        Isolation::Namespaces => {
            unshare(NAMESPACES | CloneFlags::CLONE_NEWNET).map_err(refused("make namespaces"))?;
        }
        Isolation::Loopback(Mounts::Real) => match unshare(NAMESPACES) {
            Err(Errno::EPERM) => enter_as_user()?,
            made_or_failed => made_or_failed.map_err(refused("make namespaces"))?,
        },
    }
    // Later changes of the machine's mounts come in; none of ours go out.
    let none: Option<&str> = None;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_SLAVE, none).map_err(refused("make mounts private"))
}

/// The same in a user namespace where this user is root, so that the files on disk stay the user's.
fn enter_as_user() -> Result<(), SandboxError> {
    let (user, group) = (Uid::effective(), Gid::effective());
    unshare(NAMESPACES | CloneFlags::CLONE_NEWUSER).map_err(refused("make a user namespace"))?;
    let write = |path, text: String| fs::write(path, text).map_err(|source| SandboxError::UserMap { path, source });
    write("/proc/self/setgroups", "deny".to_owned())?;
    write("/proc/self/uid_map", format!("0 {user} 1"))?;
    write("/proc/self/gid_map", format!("0 {group} 1"))
}

/// The name of the pod's interface on the machine's side, at most 15 characters. Not from the pod's uid: the network of a lost
/// shim may take a while to go, and its pod is made again meanwhile.
fn outside_name() -> String {
    format!("pcon{}", std::process::id())
}

/// `emptyDir` volumes of `medium: Memory`: in memory where mounts are real, else plain folders.
fn make_memory_volumes(spec: &ShimSpec, pod_dir: &Path, mounts: bool) -> Result<(), SandboxError> {
    for (volume, size) in &spec.launch.memory_volumes {
        let path = pod_volume(pod_dir, volume);
        let failed = |source| SandboxError::MemoryVolume { volume: volume.clone(), source };
        fs::create_dir_all(&path).map_err(failed)?;
        if mounts {
            let options = size.map_or("mode=1777".to_owned(), |bytes| format!("mode=1777,size={bytes}"));
            let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
            let mounted = mount(Some("tmpfs"), &path, Some("tmpfs"), flags, Some(options.as_str()));
            mounted.map_err(|errno| failed(errno.into()))?;
        }
    }
    Ok(())
}
