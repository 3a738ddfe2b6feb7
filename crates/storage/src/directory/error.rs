//! Why a data directory is refused, and what to be wary of in one that is not.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use proconsul_base::id::{IdError, NodeId};

use super::identity::IdentityDamage;
use crate::disk::FileSystem;

/// Why a data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// Another agent holds the lock.
    #[error(
        "data directory {} is in use by another agent; stop that agent, or give this one a directory of its own with -data-dir",
        .0.display()
    )]
    InUse(PathBuf),
    /// It holds the original's data.
    #[error(
        "data directory {} belongs to Consul, as {} shows; give this agent an empty directory and let it join the cluster",
        path.display(), file.display()
    )]
    Foreign {
        /// The directory.
        path: PathBuf,
        /// What showed it.
        file: PathBuf,
    },
    /// It was made by another version.
    #[error(
        "data directory {} has format {found:?}, and this program knows format \"1\"; use the version that wrote it, or an empty directory",
        path.display()
    )]
    Format {
        /// The directory.
        path: PathBuf,
        /// What its `format` file says.
        found: String,
    },
    /// Its Raft identity and its node id are not of one node.
    #[error(
        "data directory {} belongs to node {name} with id {owner}, not to {}; restore its node-id file, or give this node an empty directory",
        path.display(), Named(*found)
    )]
    OtherNode {
        /// The directory.
        path: PathBuf,
        /// Whose log it holds.
        owner: NodeId,
        /// That node's name.
        name: String,
        /// The node id found or asked for.
        found: Option<NodeId>,
    },
    /// The node id cannot be read.
    #[error("file {} holds no node id; restore it, or remove it together with the directory's other files", path.display())]
    NodeId {
        /// The file.
        path: PathBuf,
        /// What is wrong with its text.
        source: IdError,
    },
    /// The Raft identity cannot be read.
    #[error("file {} is damaged: {damage}; restore the data directory, or empty it and let the server join again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        damage: IdentityDamage,
    },
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
}

impl DirectoryError {
    /// For `map_err`: the attempted action and its object around the system's error.
    pub(super) fn io<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> Self + 'a {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }
}

/// A node id in a sentence.
struct Named(Option<NodeId>);

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(id) => write!(f, "{id}"),
            None => f.write_str("a node without an id"),
        }
    }
}

/// What the user should know about the place of the data directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The directory.
    pub path: PathBuf,
    /// What it lies on.
    pub file_system: FileSystem,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let risk = match self.file_system {
            FileSystem::Ordinary => "on an ordinary file system",
            FileSystem::Memory => "in memory (tmpfs): a reboot loses this server's log and votes",
            FileSystem::Overlay => {
                "in a container's own layer (overlay): the log and votes go with the container; mount a volume there"
            }
            FileSystem::Network => {
                "on NFS: without locks (mount option nolock) two agents could use it at once, and syncs are the server's word"
            }
        };
        write!(f, "data directory {} lies {risk}", self.path.display())
    }
}
