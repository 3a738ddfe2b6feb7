//! Which disk and which directory an agent works on, and which node it is there.

use std::fs::File;
use std::io;
use std::io::Write;
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

/// Keeps the node id of a client agent, which has nothing else to keep before it starts.
pub(crate) fn keep(data_dir: &Path, node_id: NodeId) -> io::Result<()> {
    std::fs::create_dir_all(data_dir)?;
    let path = data_dir.join("node-id");
    if std::fs::read_to_string(&path).is_ok_and(|kept| kept.trim() == node_id.to_string()) {
        return Ok(());
    }
    replace(&path, &node_id.to_string())
}

/// Puts this text in a file's place, whole or not at all: a reader finds the old text or the new one, also after a power cut.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".new");
    let mut file = File::create(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_data()?;
    std::fs::rename(unfinished, path)
}
