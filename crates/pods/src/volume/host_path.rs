//! `hostPath` volumes: the type that is asked for must be what is there, and some types make what is missing.

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use nix::fcntl::OFlag;
use nix::sys::stat::{SFlag, fstat};

use super::{VolumeError, open_path};
use crate::launch::HostPathKind;

/// Opens the path as a path descriptor and checks what it opened.
pub(super) fn open(path: &Path, kind: HostPathKind) -> Result<OwnedFd, VolumeError> {
    make_missing(path, kind).map_err(|source| VolumeError::Open { path: path.to_owned(), source })?;
    let opened = open_path(path, OFlag::empty()).map_err(|error| missing(error, kind))?;
    let (expected, message) = match kind {
        HostPathKind::Any => return Ok(opened),
        HostPathKind::Directory | HostPathKind::DirectoryOrCreate => (SFlag::S_IFDIR, "is not a directory"),
        HostPathKind::File | HostPathKind::FileOrCreate => (SFlag::S_IFREG, "is not a file"),
        HostPathKind::Socket => (SFlag::S_IFSOCK, "is not a socket file"),
        HostPathKind::CharDevice => (SFlag::S_IFCHR, "is not a character device"),
        HostPathKind::BlockDevice => (SFlag::S_IFBLK, "is not a block device"),
    };
    let open = |errno: nix::Error| VolumeError::Open { path: path.to_owned(), source: errno.into() };
    let found = SFlag::from_bits_truncate(fstat(&opened).map_err(open)?.st_mode) & SFlag::S_IFMT;
    if found == expected { Ok(opened) } else { Err(VolumeError::HostPathType { path: path.to_owned(), message }) }
}

fn make_missing(path: &Path, kind: HostPathKind) -> io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    match kind {
        HostPathKind::Any | HostPathKind::DirectoryOrCreate => {
            DirBuilder::new().recursive(true).mode(0o755).create(path)
        }
        HostPathKind::FileOrCreate => {
            OpenOptions::new().write(true).create(true).truncate(false).mode(0o644).open(path).map(drop)
        }
        _ => Ok(()),
    }
}

/// For a type that must be there, absence is told as a failed type check, as Kubernetes does.
fn missing(error: VolumeError, kind: HostPathKind) -> VolumeError {
    let message = match kind {
        HostPathKind::Directory => "is not a directory",
        HostPathKind::File => "is not a file",
        HostPathKind::Socket => "is not a socket file",
        HostPathKind::CharDevice => "is not a character device",
        HostPathKind::BlockDevice => "is not a block device",
        HostPathKind::Any | HostPathKind::DirectoryOrCreate | HostPathKind::FileOrCreate => return error,
    };
    match error {
        VolumeError::Missing { path } => VolumeError::HostPathType { path, message },
        other => other,
    }
}
