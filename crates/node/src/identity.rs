//! Which disk and which directory an agent works on, and which node it is there.

use std::path::Path;

use proconsul_agent::Config;
use proconsul_base::id::NodeId;
use proconsul_storage::directory::{Directory, DirectoryError, Warning};
use proconsul_storage::disk::Disk;

/// Opens the data directory and settles the node id: the one on disk, else the configured one, which is kept from now on.
pub(crate) fn open<D: Disk>(
    disk: D,
    path: &Path,
    config: &Config,
) -> Result<(Directory<D>, NodeId, Vec<Warning>), DirectoryError> {
    let (directory, warnings) = Directory::open(disk, path)?;
    if directory.node_id()? != Some(config.node_id) {
        directory.set_node_id(config.node_id)?;
    }
    Ok((directory, config.node_id, warnings))
}
