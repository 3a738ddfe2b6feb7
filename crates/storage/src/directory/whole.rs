//! Small files that are read and replaced as a whole. Knows the order that makes a replacement durable.

use std::io;
use std::path::Path;

use super::DirectoryError;
use crate::disk::{Disk, DiskFile};

/// No file of ours is larger; a longer one is damaged and shows in its checksum.
const BYTES_MAX: u64 = 64 << 10;

/// All bytes of a file; `None` when there is none.
pub(super) fn read<D: Disk>(disk: &D, path: &Path) -> Result<Option<Vec<u8>>, DirectoryError> {
    let file = match disk.open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(DirectoryError::io("open", path)(error)),
    };
    let length = file.length().map_err(DirectoryError::io("look at", path))?;
    let mut bytes = vec![0; length.min(BYTES_MAX) as usize];
    let count = file.read_at(0, &mut bytes).map_err(DirectoryError::io("read", path))?;
    bytes.truncate(count);
    Ok(Some(bytes))
}

/// Puts these bytes in the file's place in one step, durably: afterwards there is the old file or the new one, never a part.
pub(super) fn write<D: Disk>(disk: &D, path: &Path, bytes: &[u8]) -> Result<(), DirectoryError> {
    let unfinished = path.with_extension("tmp");
    let file = disk.create(&unfinished).map_err(DirectoryError::io("make", &unfinished))?;
    file.write_at(0, bytes).map_err(DirectoryError::io("write", &unfinished))?;
    file.sync_data().map_err(DirectoryError::io("sync", &unfinished))?;
    disk.rename(&unfinished, path).map_err(DirectoryError::io("replace", path))?;
    let folder = path.parent().unwrap_or(path);
    disk.sync_dir(folder).map_err(DirectoryError::io("sync folder", folder))
}
