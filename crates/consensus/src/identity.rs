//! Whether the log on disk belongs to the identity beside it, and what becomes of one without the other.
//!
//! | identity | log | then |
//! | --- | --- | --- |
//! | none | empty | a new identity |
//! | none | something | refused: whose votes are these? |
//! | of a cluster | something | goes on; a promise is done with |
//! | of a cluster, promise | empty | founds the same cluster again |
//! | of a cluster | empty | the log is lost: a new identity, for the old one must not vote again |
//! | of no cluster | something | retired: the log is given up, a new identity |
//! | of no cluster | empty | goes on waiting |

use std::path::Path;
use std::sync::{Arc, Weak};

use proconsul_base::id::{NodeId, RaftId};
use proconsul_base::index::Index;
use proconsul_base::rand::Rng;
use proconsul_storage::directory::{Directory, DirectoryError, Identity};
use proconsul_storage::disk::Disk;
use proconsul_storage::log::{Log, LogOptions, Recovered};

use crate::start::StartError;

/// The log, what was found in it, and who this server is.
pub(crate) struct Opened<D: Disk> {
    pub(crate) log: Log<D>,
    pub(crate) found: Recovered,
    pub(crate) identity: Identity,
}

/// Opens the log and settles the identity; both are durable when this returns.
pub(crate) fn open<D: Disk>(
    disk: &D,
    directory: &Directory<D>,
    options: LogOptions,
    node: (NodeId, &str),
    rng: &mut Rng,
) -> Result<Opened<D>, StartError> {
    let (log, found) = Log::open(disk.clone(), &directory.log_folder(), options)?;
    let is_empty = found.last == Index::ZERO && found.hard_state == Default::default();
    match directory.identity()? {
        None if !is_empty => Err(StartError::NoIdentity(directory.path().to_owned())),
        Some(mut identity) if identity.cluster_id.is_some() && !is_empty => {
            if !identity.promise.is_empty() {
                identity.promise = Default::default();
                directory.set_identity(&identity)?;
            }
            Ok(Opened { log, found, identity })
        }
        Some(identity) if is_empty && (identity.cluster_id.is_none() || !identity.promise.is_empty()) => {
            Ok(Opened { log, found, identity })
        }
        old => {
            if let Some(old) = old {
                tracing::warn!(target: "agent.server.raft", old = %old.raft_id, "this server's log is gone or was given up; it joins under a new Raft id");
            }
            drop(log);
            let identity = Identity {
                raft_id: RaftId::random(rng),
                node_id: node.0,
                node_name: node.1.to_owned(),
                cluster_id: None,
                promise: Default::default(),
            };
            // Files first: an identity of no cluster beside a log means that the log is to be given up, so a crash repeats it.
            empty(disk, &directory.log_folder())?;
            empty(disk, &directory.snapshot_folder())?;
            directory.set_identity(&identity)?;
            let (log, found) = Log::open(disk.clone(), &directory.log_folder(), options)?;
            Ok(Opened { log, found, identity })
        }
    }
}

/// Removes the files of a folder, durably; fine when there is none.
fn empty<D: Disk>(disk: &D, folder: &Path) -> Result<(), DirectoryError> {
    let io = |action| move |source| DirectoryError::Io { action, path: folder.to_owned(), source };
    if !disk.exists(folder).map_err(io("look for"))? {
        return Ok(());
    }
    for name in disk.list(folder).map_err(io("list"))? {
        disk.remove(&folder.join(name)).map_err(io("remove a file of"))?;
    }
    disk.sync_dir(folder).map_err(io("sync"))
}

/// Gives the identity up, durably; blocks.
pub(crate) type Retire = Arc<dyn Fn() -> Result<(), DirectoryError> + Send + Sync>;

/// What it takes to give an identity up: after that, the next start begins as a new server.
pub(crate) struct Retirement<D: Disk> {
    pub(crate) directory: Weak<Directory<D>>,
    pub(crate) identity: Identity,
}

impl<D: Disk> Retirement<D> {
    /// Durable when it returns; nothing to do when the threads have ended.
    pub(crate) fn retire(&self) -> Result<(), DirectoryError> {
        let Some(directory) = self.directory.upgrade() else { return Ok(()) };
        let identity = Identity { cluster_id: None, promise: Default::default(), ..self.identity.clone() };
        directory.set_identity(&identity)
    }
}
