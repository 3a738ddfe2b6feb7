//! A disk in memory that forgets at a crash what was not synced: a random part of the bytes, torn anywhere, and of the names.
//!
//! Knows files and bytes. It can lose power in the middle of what someone is doing: after a given number of operations each one fails, and
//! nothing of what follows happens.

mod file;
mod recycle;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use proconsul_base::rand::Rng;
use proconsul_storage::disk::{Disk, FileSystem};

use self::file::Inode;
pub(crate) use self::file::SimFile;

/// A disk; clones are handles to the same one.
#[derive(Clone, Debug, Default)]
pub(crate) struct SimDisk {
    tree: Arc<Mutex<Tree>>,
}

#[derive(Debug, Default)]
struct Tree {
    files: Vec<Inode>,
    names: BTreeMap<PathBuf, usize>,
    durable: BTreeMap<PathBuf, usize>,
    pending: Vec<NameChange>,
    /// Operations until the power fails.
    fuse: Option<u64>,
    /// The planted bug of a log without generations.
    forgets_generations: bool,
    /// The planted bug of snapshots whose end is not synced.
    forgets_snapshot_tails: bool,
    recycled: u64,
}

#[derive(Clone, Debug)]
enum NameChange {
    Set(PathBuf, usize),
    Rename(PathBuf, PathBuf),
    Remove(PathBuf),
}

impl SimDisk {
    fn tree(&self) -> MutexGuard<'_, Tree> {
        self.tree.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn forget_generations(&self) {
        self.tree().forgets_generations = true;
    }

    pub(crate) fn forget_snapshot_tails(&self) {
        self.tree().forgets_snapshot_tails = true;
    }

    /// The power fails after this many operations.
    pub(crate) fn light_fuse(&self, operations: u64) {
        self.tree().fuse = Some(operations);
    }

    /// How many segments were recycled or removed since the last call.
    pub(crate) fn take_recycled(&self) -> u64 {
        std::mem::take(&mut self.tree().recycled)
    }

    /// The power is gone and comes back. Answers how many unsynced changes were lost.
    pub(crate) fn crash(&self, rng: &mut Rng) -> u64 {
        let tree = &mut *self.tree();
        tree.fuse = None;
        let pending = std::mem::take(&mut tree.pending);
        // Changes of names reach the disk in order, if at all.
        let kept = rng.place(pending.len() + 1);
        let mut lost = (pending.len() - kept) as u64;
        for change in pending.into_iter().take(kept) {
            change.carry_out(&mut tree.durable);
        }
        tree.names = tree.durable.clone();
        for file in &mut tree.files {
            lost += file.crash(rng);
        }
        lost
    }
}

impl NameChange {
    fn carry_out(self, names: &mut BTreeMap<PathBuf, usize>) {
        match self {
            Self::Set(path, file) => {
                names.insert(path, file);
            }
            Self::Rename(from, to) => {
                if let Some(file) = names.remove(&from) {
                    names.insert(to, file);
                }
            }
            Self::Remove(path) => {
                names.remove(&path);
            }
        }
    }

    fn is_in(&self, folder: &Path) -> bool {
        let (Self::Set(path, _) | Self::Rename(_, path) | Self::Remove(path)) = self;
        path.parent() == Some(folder)
    }
}

impl Tree {
    fn burn(&mut self) -> io::Result<()> {
        match &mut self.fuse {
            Some(0) => Err(io::Error::other("the power failed")),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn find(&self, path: &Path) -> io::Result<usize> {
        self.names.get(path).copied().ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    }

    fn change(&mut self, change: NameChange) {
        change.clone().carry_out(&mut self.names);
        self.pending.push(change);
    }

    fn add(&mut self, path: &Path) -> usize {
        let is_snapshot = path.parent().is_some_and(|folder| folder.ends_with("snapshots"));
        self.files.push(Inode::new(is_snapshot && self.forgets_snapshot_tails));
        let file = self.files.len() - 1;
        self.change(NameChange::Set(path.to_owned(), file));
        file
    }
}

impl SimDisk {
    fn file(&self, number: usize) -> SimFile {
        SimFile::new(self.clone(), number)
    }
}

impl Disk for SimDisk {
    type File = SimFile;

    fn open(&self, path: &Path) -> io::Result<SimFile> {
        let mut tree = self.tree();
        tree.burn()?;
        let number = tree.find(path)?;
        drop(tree);
        Ok(self.file(number))
    }

    fn create(&self, path: &Path) -> io::Result<SimFile> {
        let mut tree = self.tree();
        tree.burn()?;
        let number = tree.add(path);
        drop(tree);
        Ok(self.file(number))
    }

    fn open_or_create(&self, path: &Path) -> io::Result<SimFile> {
        if self.exists(path)? { self.open(path) } else { self.create(path) }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut tree = self.tree();
        tree.burn()?;
        let number = tree.find(from)?;
        if from.extension().is_some_and(|extension| extension == "log") {
            tree.recycled += 1;
        }
        if tree.forgets_generations && to.extension().is_some_and(|extension| extension == "log") {
            recycle::reseal(&mut tree.files[number]);
        }
        tree.change(NameChange::Rename(from.to_owned(), to.to_owned()));
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut tree = self.tree();
        tree.burn()?;
        tree.find(path)?;
        if path.extension().is_some_and(|extension| extension == "log") {
            tree.recycled += 1;
        }
        tree.change(NameChange::Remove(path.to_owned()));
        Ok(())
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let tree = self.tree();
        let inside = tree.names.keys().filter(|path| path.parent() == Some(folder));
        Ok(inside.filter_map(|path| path.file_name()?.to_str().map(str::to_owned)).collect())
    }

    fn create_dir_all(&self, _folder: &Path) -> io::Result<()> {
        Ok(())
    }

    fn sync_dir(&self, folder: &Path) -> io::Result<()> {
        let tree = &mut *self.tree();
        tree.burn()?;
        let (done, open): (Vec<_>, Vec<_>) =
            std::mem::take(&mut tree.pending).into_iter().partition(|change| change.is_in(folder));
        tree.pending = open;
        for change in done {
            change.carry_out(&mut tree.durable);
        }
        Ok(())
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        Ok(self.tree().names.contains_key(path))
    }

    fn file_system(&self, _folder: &Path) -> io::Result<FileSystem> {
        Ok(FileSystem::Ordinary)
    }
}
