//! Mounting one thing at one place: both ends are held by descriptors, and what shows at the target afterwards is compared
//! with what was meant.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::mount::{MsFlags, mount};
use nix::sys::stat::{Mode, SFlag, fstat};
use nix::sys::statvfs::{FsFlags, fstatvfs};

use super::InitSpec;
use crate::launch::Mount;
use crate::protocol::StartFailure;
use crate::volume::VolumeError;

const NONE: Option<&str> = None;

/// Something of the machine that shows inside the container.
pub(super) struct Bind {
    pub(super) source: OwnedFd,
    /// Absolute, inside the container.
    pub(super) target: PathBuf,
    pub(super) read_only: bool,
}

/// Why a bind mount was not made.
#[derive(Debug, thiserror::Error)]
pub(super) enum BindError {
    #[error("cannot make mount point {}: {source}", target.display())]
    Target { target: PathBuf, source: io::Error },
    #[error("cannot mount at {}: {errno}", target.display())]
    Mount { target: PathBuf, errno: Errno },
    #[error("something else than the volume shows at {} after mounting: its path was changed meanwhile", target.display())]
    Changed { target: PathBuf },
}

impl Bind {
    /// Mounts it, submounts included. A missing target is made, as a folder or a file like the source.
    pub(super) fn mount(&self) -> Result<(), BindError> {
        let refused = |errno| BindError::Mount { target: self.target.clone(), errno };
        let made =
            fstat(&self.source).map_err(io::Error::from).and_then(|found| make_target(&self.target, found.st_mode));
        made.map_err(|source| BindError::Target { target: self.target.clone(), source })?;
        let target = path_of(&self.target).map_err(refused)?;
        let flags = MsFlags::MS_BIND | MsFlags::MS_REC;
        mount(Some(named(&self.source).as_str()), named(&target).as_str(), NONE, flags, NONE).map_err(refused)?;
        let shown = path_of(&self.target).map_err(refused)?;
        let (meant, found) = (fstat(&self.source).map_err(refused)?, fstat(&shown).map_err(refused)?);
        if (meant.st_dev, meant.st_ino) != (found.st_dev, found.st_ino) {
            return Err(BindError::Changed { target: self.target.clone() });
        }
        if self.read_only { make_read_only(&shown).map_err(refused) } else { Ok(()) }
    }
}

/// Makes a mount read-only; the other restrictions that it has must be named again, or a user namespace may not.
pub(super) fn make_read_only(shown: &OwnedFd) -> Result<(), Errno> {
    let has = fstatvfs(shown)?.flags();
    let kept = [
        (FsFlags::ST_NOSUID, MsFlags::MS_NOSUID),
        (FsFlags::ST_NODEV, MsFlags::MS_NODEV),
        (FsFlags::ST_NOEXEC, MsFlags::MS_NOEXEC),
        (FsFlags::ST_NOATIME, MsFlags::MS_NOATIME),
        (FsFlags::ST_NODIRATIME, MsFlags::MS_NODIRATIME),
        (FsFlags::ST_RELATIME, MsFlags::MS_RELATIME),
    ];
    let kept =
        kept.into_iter().filter(|(found, _)| has.contains(*found)).fold(MsFlags::empty(), |all, (_, flag)| all | flag);
    let flags = MsFlags::MS_REMOUNT | MsFlags::MS_BIND | MsFlags::MS_RDONLY | kept;
    mount(NONE, named(shown).as_str(), NONE, flags, NONE)
}

/// A path as the kernel knows it, whatever lies between.
pub(super) fn path_of(path: &Path) -> Result<OwnedFd, Errno> {
    open(path, OFlag::O_PATH | OFlag::O_CLOEXEC, Mode::empty())
}

/// The path by which the system takes a descriptor for what it is.
pub(super) fn named(fd: &OwnedFd) -> String {
    format!("/proc/self/fd/{}", fd.as_raw_fd())
}

fn make_target(target: &Path, source_mode: u32) -> io::Result<()> {
    if target.exists() {
        return Ok(());
    }
    if SFlag::from_bits_truncate(source_mode) & SFlag::S_IFMT == SFlag::S_IFDIR {
        return fs::create_dir_all(target);
    }
    fs::create_dir_all(target.parent().unwrap_or(Path::new("/")))?;
    OpenOptions::new().write(true).create(true).truncate(false).open(target).map(drop)
}

/// The failure of a volume as Kubernetes sorts it.
pub(super) fn volume_failed(spec: &InitSpec, mount: &Mount, error: VolumeError) -> StartFailure {
    let volume = mount.volume.clone();
    match error {
        VolumeError::SubPath(error) => {
            StartFailure::SubPath { volume, container: spec.container.name.clone(), message: error.to_string() }
        }
        VolumeError::Open { path, source } => {
            StartFailure::Volume { volume, message: format!("cannot open {}: {source}", path.display()) }
        }
        error => StartFailure::Volume { volume, message: error.to_string() },
    }
}
