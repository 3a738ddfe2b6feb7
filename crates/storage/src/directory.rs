//! The data directory: one agent at a time, of one node and one cluster, in a format this program knows.
//!
//! Knows who owns the directory; does not know what the agent does in it.
//!
//! ```text
//! <data>/lock             empty; locked while an agent uses the directory, never removed
//! <data>/format           "1": the layout below
//! <data>/node-id          the node's UUID, 36 characters, as Consul writes it
//! <data>/raft/identity    text, see [`Identity`]
//! <data>/raft/log/        see [`crate::log`]
//! <data>/raft/snapshots/  see [`crate::snapshot`]
//! ```

mod error;
mod identity;
mod whole;

use std::path::{Path, PathBuf};

use proconsul_base::id::NodeId;

use crate::disk::{Disk, DiskFile, FileSystem, make_folder};

pub use error::{DirectoryError, Warning};
pub use identity::{Identity, IdentityDamage};

const FORMAT: &str = "1";

/// Files by which a directory of the original is known.
const FOREIGN: [&str; 2] = ["raft/raft.db", "raft/wal"];

/// A data directory in use by this agent; dropping it lets another agent use it.
#[derive(Debug)]
pub struct Directory<D: Disk> {
    disk: D,
    path: PathBuf,
    /// Held open, for the lock lasts as long.
    _lock: D::File,
}

impl<D: Disk> Directory<D> {
    /// Takes the directory, makes it when it is absent. What comes back beside it should be told to the user.
    ///
    /// # Errors
    /// Another agent uses it, it belongs to another program or node, it has another format, it is damaged, or the disk refused.
    pub fn open(disk: D, path: &Path) -> Result<(Self, Vec<Warning>), DirectoryError> {
        let raft = path.join("raft");
        make_folder(&disk, path).map_err(DirectoryError::io("make data directory", path))?;
        make_folder(&disk, &raft).map_err(DirectoryError::io("make data directory", &raft))?;
        let lock = path.join("lock");
        let file = disk.open_or_create(&lock).map_err(DirectoryError::io("make lock file", &lock))?;
        if !file.try_lock().map_err(DirectoryError::io("lock", &lock))? {
            return Err(DirectoryError::InUse(path.to_owned()));
        }
        let directory = Self { disk, path: path.to_owned(), _lock: file };
        directory.check_foreign()?;
        directory.check_format()?;
        directory.check_owner()?;
        let warnings = directory.warnings()?;
        Ok((directory, warnings))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder of the replicated log.
    pub fn log_folder(&self) -> PathBuf {
        self.path.join("raft/log")
    }

    /// The folder of snapshots.
    pub fn snapshot_folder(&self) -> PathBuf {
        self.path.join("raft/snapshots")
    }

    /// The node's id, when it has one already.
    ///
    /// # Errors
    /// The file holds something else, or the disk refused.
    pub fn node_id(&self) -> Result<Option<NodeId>, DirectoryError> {
        let path = self.node_id_path();
        let Some(bytes) = whole::read(&self.disk, &path)? else { return Ok(None) };
        let text = String::from_utf8_lossy(&bytes);
        let id = text.trim().parse().map_err(|source| DirectoryError::NodeId { path, source })?;
        Ok(Some(id))
    }

    /// Gives the node its id, durably.
    ///
    /// # Errors
    /// The directory's Raft identity belongs to another node, or the disk refused.
    pub fn set_node_id(&self, node_id: NodeId) -> Result<(), DirectoryError> {
        match self.identity()? {
            Some(identity) if identity.node_id != node_id => Err(self.other_node(&identity, Some(node_id))),
            _ => whole::write(&self.disk, &self.node_id_path(), node_id.to_string().as_bytes()),
        }
    }

    /// The server's Raft identity, when it has one already.
    ///
    /// # Errors
    /// The file is damaged, or the disk refused.
    pub fn identity(&self) -> Result<Option<Identity>, DirectoryError> {
        let path = self.identity_path();
        let Some(bytes) = whole::read(&self.disk, &path)? else { return Ok(None) };
        let identity = Identity::from_text(&bytes).map_err(|damage| DirectoryError::Damaged { path, damage })?;
        Ok(Some(identity))
    }

    /// Keeps the server's Raft identity, durably.
    ///
    /// # Errors
    /// It names another node than the directory, or the disk refused.
    pub fn set_identity(&self, identity: &Identity) -> Result<(), DirectoryError> {
        let node_id = self.node_id()?;
        if node_id != Some(identity.node_id) {
            return Err(self.other_node(identity, node_id));
        }
        whole::write(&self.disk, &self.identity_path(), identity.to_text().as_bytes())
    }

    fn check_foreign(&self) -> Result<(), DirectoryError> {
        for name in FOREIGN {
            let path = self.path.join(name);
            if self.disk.exists(&path).map_err(DirectoryError::io("look for", &path))? {
                return Err(DirectoryError::Foreign { path: self.path.clone(), file: path });
            }
        }
        Ok(())
    }

    fn check_format(&self) -> Result<(), DirectoryError> {
        let path = self.path.join("format");
        match whole::read(&self.disk, &path)? {
            None => whole::write(&self.disk, &path, format!("{FORMAT}\n").as_bytes()),
            Some(bytes) => match String::from_utf8_lossy(&bytes).trim() {
                FORMAT => Ok(()),
                found => Err(DirectoryError::Format { path: self.path.clone(), found: found.to_owned() }),
            },
        }
    }

    fn check_owner(&self) -> Result<(), DirectoryError> {
        let node_id = self.node_id()?;
        match self.identity()? {
            Some(identity) if node_id != Some(identity.node_id) => Err(self.other_node(&identity, node_id)),
            _ => Ok(()),
        }
    }

    fn other_node(&self, identity: &Identity, node_id: Option<NodeId>) -> DirectoryError {
        DirectoryError::OtherNode {
            path: self.path.clone(),
            owner: identity.node_id,
            name: identity.node_name.clone(),
            found: node_id,
        }
    }

    fn warnings(&self) -> Result<Vec<Warning>, DirectoryError> {
        let kind =
            self.disk.file_system(&self.path).map_err(DirectoryError::io("look at file system of", &self.path))?;
        let risky = kind != FileSystem::Ordinary;
        Ok(risky.then(|| Warning { path: self.path.clone(), file_system: kind }).into_iter().collect())
    }

    fn node_id_path(&self) -> PathBuf {
        self.path.join("node-id")
    }

    fn identity_path(&self) -> PathBuf {
        self.path.join("raft/identity")
    }
}
