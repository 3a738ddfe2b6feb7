//! A path below a volume that never leaves it, whatever a container does meanwhile: each step is opened from the one before
//! and follows no link (the lesson of CVE-2017-1002101 and CVE-2021-25741).

use std::ffi::OsStr;
use std::os::fd::OwnedFd;
use std::path::{Component, Path};

use nix::errno::Errno;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, openat, openat2};
use nix::sys::stat::{FileStat, Mode, SFlag, fstat, mkdirat};
use nix::unistd::{Gid, Uid, fchownat};

/// Why a sub path was not opened.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SubPathError {
    /// Absolute, or with `..` in it.
    #[error("subPath {sub_path:?} must be a relative path without \"..\"")]
    Form {
        /// The sub path.
        sub_path: String,
    },
    /// One of its parts is a link.
    #[error(
        "{part:?} of subPath {sub_path:?} is a symbolic link, which could lead out of the volume: use what it points at"
    )]
    Link {
        /// The part.
        part: String,
        /// The sub path.
        sub_path: String,
    },
    /// A part before the last is no folder, or the system refused.
    #[error("cannot open {part:?} of subPath {sub_path:?}: {errno}")]
    Open {
        /// The part.
        part: String,
        /// The sub path.
        sub_path: String,
        /// What the system said.
        errno: Errno,
    },
}

/// Opens a sub path of a folder as a path descriptor; missing parts become folders of mode 0750 with the volume's owner.
pub(super) fn open_or_create(volume: OwnedFd, sub_path: &str) -> Result<OwnedFd, SubPathError> {
    let mut at = volume;
    for part in parts(sub_path)? {
        at = step(&at, part).map_err(|errno| step_failed(part, sub_path, errno))?;
    }
    Ok(at)
}

/// Opens an existing sub path whose links stay below the folder.
pub(super) fn open_with_links(volume: &OwnedFd, sub_path: &str) -> Result<OwnedFd, SubPathError> {
    parts(sub_path)?;
    let resolve = ResolveFlag::RESOLVE_BENEATH | ResolveFlag::RESOLVE_NO_MAGICLINKS;
    let how = OpenHow::new().flags(OFlag::O_PATH | OFlag::O_CLOEXEC).resolve(resolve);
    openat2(volume, sub_path, how).map_err(|errno| step_failed(OsStr::new(sub_path), sub_path, errno))
}

fn parts(sub_path: &str) -> Result<Vec<&OsStr>, SubPathError> {
    let form = || SubPathError::Form { sub_path: sub_path.to_owned() };
    let plain = |part| match part {
        Component::Normal(part) => Some(Ok(part)),
        Component::CurDir => None,
        Component::ParentDir | Component::RootDir | Component::Prefix(_) => Some(Err(form())),
    };
    if sub_path.contains('\0') {
        return Err(form());
    }
    Path::new(sub_path).components().filter_map(plain).collect()
}

/// One step down; ELOOP when it is a link.
fn step(at: &OwnedFd, part: &OsStr) -> Result<OwnedFd, Errno> {
    let opened = match open_plain(at, part) {
        Err(Errno::ENOENT) => create(at, part)?,
        opened_or_failed => opened_or_failed?,
    };
    if kind(&fstat(&opened)?) == SFlag::S_IFLNK { Err(Errno::ELOOP) } else { Ok(opened) }
}

fn create(at: &OwnedFd, part: &OsStr) -> Result<OwnedFd, Errno> {
    match mkdirat(at, part, Mode::from_bits_truncate(0o750)) {
        // Somebody else made it: what it is now is looked at like any other.
        Ok(()) | Err(Errno::EEXIST) => {}
        Err(errno) => return Err(errno),
    }
    let made = open_plain(at, part)?;
    give_owner(at, &made)?;
    Ok(made)
}

/// Hands a folder just made to the owner of the one above, where this process may.
fn give_owner(above: &OwnedFd, made: &OwnedFd) -> Result<(), Errno> {
    let (above, found) = (fstat(above)?, fstat(made)?);
    if (above.st_uid, above.st_gid) == (found.st_uid, found.st_gid) || kind(&found) != SFlag::S_IFDIR {
        return Ok(());
    }
    let owner = (Some(Uid::from_raw(above.st_uid)), Some(Gid::from_raw(above.st_gid)));
    match fchownat(made, "", owner.0, owner.1, nix::fcntl::AtFlags::AT_EMPTY_PATH) {
        Err(Errno::EPERM | Errno::EINVAL) => Ok(()),
        done_or_failed => done_or_failed,
    }
}

fn open_plain(at: &OwnedFd, part: &OsStr) -> Result<OwnedFd, Errno> {
    openat(at, part, OFlag::O_PATH | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC, Mode::empty())
}

fn kind(stat: &FileStat) -> SFlag {
    SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT
}

fn step_failed(part: &OsStr, sub_path: &str, errno: Errno) -> SubPathError {
    let (part, sub_path) = (part.to_string_lossy().into_owned(), sub_path.to_owned());
    match errno {
        Errno::ELOOP | Errno::EXDEV => SubPathError::Link { part, sub_path },
        errno => SubPathError::Open { part, sub_path, errno },
    }
}
