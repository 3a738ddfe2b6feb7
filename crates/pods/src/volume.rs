//! Where the files of a volume lie, held by descriptor from the first look to the mount, since a container may change every
//! path in between. Knows no manifest and mounts nothing itself.

mod files;
mod host_path;
mod sub_path;

use std::fs::DirBuilder;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::sys::stat::Mode;

pub use files::{VolumeFile, write_files};
pub use sub_path::SubPathError;

use crate::launch::{Mount, MountSource};

/// Why a volume's files are not to be had.
#[derive(Debug, thiserror::Error)]
pub enum VolumeError {
    /// The sub path.
    #[error(transparent)]
    SubPath(#[from] SubPathError),
    /// `hostPath` of the wrong type, in Kubernetes' words.
    #[error("hostPath type check failed: {} {message}", path.display())]
    HostPathType {
        /// The path.
        path: PathBuf,
        /// `is not a directory`.
        message: &'static str,
    },
    /// The path is not there, in Kubernetes' words.
    #[error("path {path:?} does not exist")]
    Missing {
        /// The path.
        path: PathBuf,
    },
    /// The system refused.
    #[error("cannot open {}", path.display())]
    Open {
        /// The path.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
}

/// The pod's own folder for a volume.
pub(crate) fn pod_volume(pod_dir: &Path, volume: &str) -> PathBuf {
    pod_dir.join("volumes").join(volume)
}

/// Opens what a mount shows, sub path included, as a path descriptor. What may be made (an `emptyDir`, a sub path, a
/// `hostPath` that asks for it) is made.
pub(crate) fn open_source(mount: &Mount, pod_dir: &Path) -> Result<OwnedFd, VolumeError> {
    let base = match &mount.source {
        MountSource::HostPath { path, kind } => host_path::open(path, *kind)?,
        MountSource::Directory(path) => open_path(path, OFlag::O_DIRECTORY)?,
        MountSource::Files => open_path(&pod_volume(pod_dir, &mount.volume), OFlag::O_DIRECTORY)?,
        MountSource::EmptyDir => {
            let path = pod_volume(pod_dir, &mount.volume);
            // 0777 as Kubernetes makes it: any user of the pod writes here; the pod's folder keeps others out.
            make_empty_dir(&path).map_err(|source| VolumeError::Open { path: path.clone(), source })?;
            open_path(&path, OFlag::O_DIRECTORY)?
        }
    };
    match &mount.sub_path {
        None => Ok(base),
        // The runtime's own files come with its own links; elsewhere a link may be a container's doing.
        Some(sub_path) if mount.source == MountSource::Files => Ok(sub_path::open_with_links(&base, sub_path)?),
        Some(sub_path) => Ok(sub_path::open_or_create(base, sub_path)?),
    }
}

fn make_empty_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o755).create(path.parent().unwrap_or(path))?;
    match DirBuilder::new().mode(0o777).create(path) {
        Ok(()) => {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o777))
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

/// Opens a trusted path as a path descriptor.
pub(crate) fn open_path(path: &Path, flags: OFlag) -> Result<OwnedFd, VolumeError> {
    open(path, OFlag::O_PATH | OFlag::O_CLOEXEC | flags, Mode::empty()).map_err(|errno| match errno {
        Errno::ENOENT => VolumeError::Missing { path: path.to_owned() },
        errno => VolumeError::Open { path: path.to_owned(), source: errno.into() },
    })
}

#[cfg(test)]
mod tests;
