//! The disk as this crate sees it: few operations, each with the durability a file system really gives.
//!
//! Knows nothing of logs or snapshots. [`RealDisk`] is the operating system's; a simulation brings its own and may, at a crash, lose
//! whatever was not synced: bytes since the last [`DiskFile::sync_data`], names since the last [`Disk::sync_dir`].

mod memory;
mod real;

use std::io;
use std::path::Path;

pub use memory::{MemoryDisk, MemoryFile};
pub use real::{RealDisk, RealFile};

/// A tree of files. Cloning gives another handle to the same disk.
///
/// Errors are the operating system's; a missing file is [`io::ErrorKind::NotFound`].
pub trait Disk: Clone + Send + Sync + 'static {
    /// An open file of this disk.
    type File: DiskFile;

    /// Opens an existing file for reading and writing.
    fn open(&self, path: &Path) -> io::Result<Self::File>;

    /// Opens a file for reading and writing, making it when it is absent and emptying it when it is not. The name is durable only
    /// after [`Disk::sync_dir`] of its folder.
    fn create(&self, path: &Path) -> io::Result<Self::File>;

    /// Opens a file for reading and writing, making it when it is absent and leaving its bytes when it is not.
    fn open_or_create(&self, path: &Path) -> io::Result<Self::File>;

    /// Gives a file another name in one step, replacing what had that name. Durable after [`Disk::sync_dir`].
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Takes a file's name away. Durable after [`Disk::sync_dir`].
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// The names of the files in a folder, without folders, in any order.
    fn list(&self, folder: &Path) -> io::Result<Vec<String>>;

    /// Makes a folder and those above it; fine when they exist.
    fn create_dir_all(&self, folder: &Path) -> io::Result<()>;

    /// Makes the names in a folder durable.
    fn sync_dir(&self, folder: &Path) -> io::Result<()>;

    /// Whether a file or folder has this name.
    fn exists(&self, path: &Path) -> io::Result<bool>;

    /// What the folder lies on, as far as that matters for durability.
    fn file_system(&self, folder: &Path) -> io::Result<FileSystem>;
}

/// An open file. Closing it (dropping) does not make its bytes durable. Readers and one writer may use it from several threads.
pub trait DiskFile: Send + Sync + 'static {
    /// Reads from this offset until the buffer is full or the file ends; returns how many bytes were read.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;

    /// Writes all bytes at this offset, growing the file when needed. Not durable before [`DiskFile::sync_data`].
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// Makes the file's bytes and length durable. After an error nothing is known about them: the caller must not try again, because
    /// the kernel may have dropped the dirty pages and would answer success.
    fn sync_data(&self) -> io::Result<()>;

    /// Cuts the file or grows it with zeros.
    fn set_len(&self, length: u64) -> io::Result<()>;

    /// Its length in bytes.
    fn length(&self) -> io::Result<u64>;

    /// Takes the file's lock for as long as this file is open. `false` when another holder has it, in this process or another.
    fn try_lock(&self) -> io::Result<bool>;
}

/// Makes a folder and sees to it that its name outlives a crash.
pub(crate) fn make_folder<D: Disk>(disk: &D, folder: &Path) -> io::Result<()> {
    disk.create_dir_all(folder)?;
    match folder.parent() {
        Some(parent) if parent.as_os_str().is_empty() => disk.sync_dir(Path::new(".")),
        Some(parent) => disk.sync_dir(parent),
        None => Ok(()),
    }
}

/// Kinds of file system that need a word to the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileSystem {
    /// Keeps what was synced, as far as one can tell.
    Ordinary,
    /// In memory: gone at reboot.
    Memory,
    /// A container's own layer: gone with the container.
    Overlay,
    /// A network file system, where locks and syncs depend on mount options and the server.
    Network,
}
