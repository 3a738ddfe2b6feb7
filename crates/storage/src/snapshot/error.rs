//! What can go wrong with a snapshot.

use std::io;
use std::path::{Path, PathBuf};

/// Why a snapshot could not be written, read or received.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The operating system refused.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was attempted, as a verb.
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// The file does not hold a whole snapshot.
    #[error("snapshot {} is damaged: {damage}; remove it to use an older one or to let the leader send one", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        damage: SnapshotDamage,
    },
}

impl SnapshotError {
    /// For `map_err`: the attempted action and its object around the system's error.
    pub(super) fn io<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> Self + 'a {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }

    /// For `map_err`: which file is damaged.
    pub(super) fn damaged<'a>(path: &'a Path) -> impl FnOnce(SnapshotDamage) -> Self + 'a {
        move |damage| Self::Damaged { path: path.to_owned(), damage }
    }
}

/// What is wrong with a snapshot's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotDamage {
    /// The first bytes are no header of ours, or their checksum is wrong.
    #[error("its header is wrong")]
    Header,
    /// A format this program does not read.
    #[error("it has format version {0}, and this program reads version 1")]
    Version(u32),
    /// It is not the one its name says.
    #[error("it covers another position than its name says")]
    Name,
    /// A checksum is wrong.
    #[error("block {0} has a wrong checksum or length")]
    Block(u64),
    /// The end is missing, or wrong, or something follows it.
    #[error("its end is missing or wrong after block {0}")]
    End(u64),
}
