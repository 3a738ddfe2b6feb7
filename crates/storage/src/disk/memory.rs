//! A disk in memory for an agent that keeps nothing (development mode). Everything is "durable" until the process ends.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Disk, DiskFile, FileSystem};

/// A tree of files that lives as long as its last handle.
#[derive(Clone, Debug, Default)]
pub struct MemoryDisk(Arc<Mutex<HashMap<PathBuf, MemoryFile>>>);

/// A file of a [`MemoryDisk`].
#[derive(Clone, Debug, Default)]
pub struct MemoryFile {
    bytes: Arc<Mutex<Vec<u8>>>,
    locked: Arc<AtomicBool>,
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each critical section leaves the value whole, so a panic elsewhere changes nothing here.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn missing(path: &Path) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, format!("{} is not there", path.display()))
}

impl Disk for MemoryDisk {
    type File = MemoryFile;

    fn open(&self, path: &Path) -> io::Result<MemoryFile> {
        held(&self.0).get(path).cloned().ok_or_else(|| missing(path))
    }

    fn create(&self, path: &Path) -> io::Result<MemoryFile> {
        let file = MemoryFile::default();
        held(&self.0).insert(path.to_owned(), file.clone());
        Ok(file)
    }

    fn open_or_create(&self, path: &Path) -> io::Result<MemoryFile> {
        Ok(held(&self.0).entry(path.to_owned()).or_default().clone())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut files = held(&self.0);
        let file = files.remove(from).ok_or_else(|| missing(from))?;
        files.insert(to.to_owned(), file);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        held(&self.0).remove(path).map(drop).ok_or_else(|| missing(path))
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let files = held(&self.0);
        let inside = files.keys().filter(|path| path.parent() == Some(folder));
        Ok(inside.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect())
    }

    fn create_dir_all(&self, _folder: &Path) -> io::Result<()> {
        Ok(())
    }

    fn sync_dir(&self, _folder: &Path) -> io::Result<()> {
        Ok(())
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        Ok(held(&self.0).keys().any(|file| file.starts_with(path)))
    }

    fn file_system(&self, _folder: &Path) -> io::Result<FileSystem> {
        // Nobody expects to find this again, so there is nothing to warn of.
        Ok(FileSystem::Ordinary)
    }
}

impl DiskFile for MemoryFile {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = held(&self.bytes);
        let from = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
        let count = buffer.len().min(bytes.len() - from);
        buffer[..count].copy_from_slice(&bytes[from..from + count]);
        Ok(count)
    }

    fn write_at(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let from = usize::try_from(offset).map_err(io::Error::other)?;
        let mut bytes = held(&self.bytes);
        if bytes.len() < from + data.len() {
            bytes.resize(from + data.len(), 0);
        }
        bytes[from..from + data.len()].copy_from_slice(data);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        held(&self.bytes).resize(usize::try_from(length).map_err(io::Error::other)?, 0);
        Ok(())
    }

    fn length(&self) -> io::Result<u64> {
        Ok(held(&self.bytes).len() as u64)
    }

    fn try_lock(&self) -> io::Result<bool> {
        Ok(!self.locked.swap(true, Ordering::AcqRel))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_read_back_and_keep_their_names_apart() {
        let disk = MemoryDisk::default();
        let file = disk.create(Path::new("/a/one")).unwrap();
        file.write_at(3, b"xyz").unwrap();
        disk.rename(Path::new("/a/one"), Path::new("/a/two")).unwrap();
        let mut bytes = [9; 8];
        assert_eq!(disk.open(Path::new("/a/two")).unwrap().read_at(1, &mut bytes).unwrap(), 5);
        assert_eq!(&bytes[..5], b"\0\0xyz");
        assert_eq!(disk.list(Path::new("/a")).unwrap(), ["two"]);
        assert_eq!(disk.open(Path::new("/a/one")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
