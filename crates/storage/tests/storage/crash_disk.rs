//! A disk in memory whose power can fail: what was not synced is then there in part, or not at all.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use proconsul_base::rand::Rng;
use proconsul_storage::disk::{Disk, DiskFile, FileSystem};

/// Parts of an unsynced write this long reach the disk or do not, each by itself.
const SECTOR: usize = 16;

#[derive(Clone, Debug, Default)]
pub(crate) struct CrashDisk(Arc<Mutex<World>>);

#[derive(Debug, Default)]
struct World {
    files: Vec<Contents>,
    names: BTreeMap<PathBuf, usize>,
    durable_names: BTreeMap<PathBuf, usize>,
    /// Changes of names since their folder was synced, in order: an old name to lose, a new one to gain.
    unsynced_names: Vec<(PathBuf, NameChange)>,
    operations: u64,
    syncs: u64,
    /// The power fails at this operation.
    fails_at: Option<u64>,
}

#[derive(Clone, Debug)]
enum NameChange {
    Make(PathBuf, usize),
    Rename(PathBuf, PathBuf),
    Remove(PathBuf),
}

#[derive(Debug, Default)]
struct Contents {
    bytes: Vec<u8>,
    durable: Vec<u8>,
    unsynced: Vec<(usize, Vec<u8>)>,
    locked: bool,
}

#[derive(Debug)]
pub(crate) struct CrashFile {
    world: Arc<Mutex<World>>,
    id: usize,
    holds_lock: Mutex<bool>,
}

impl CrashDisk {
    /// The power will fail at this operation, counted from now.
    pub(crate) fn fail_after(&self, operations: u64) {
        let mut world = self.world();
        world.fails_at = Some(world.operations + operations);
    }

    /// Operations that changed something, so far.
    pub(crate) fn operations(&self) -> u64 {
        self.world().operations
    }

    /// Syncs of file contents, so far.
    pub(crate) fn syncs(&self) -> u64 {
        self.world().syncs
    }

    /// The disk as it is found when the power comes back: of what was not synced, chance decides.
    pub(crate) fn after_crash(&self, rng: &mut Rng) -> Self {
        let world = self.world();
        let mut names = world.durable_names.clone();
        let kept = rng.place(world.unsynced_names.len() + 1);
        world.unsynced_names[..kept].iter().for_each(|(_, change)| change.apply(&mut names));
        let files = world.files.iter().map(|contents| contents.after_crash(rng)).collect();
        let durable_names = names.clone();
        Self(Arc::new(Mutex::new(World { files, names, durable_names, ..World::default() })))
    }

    /// A copy of everything, all of it durable.
    pub(crate) fn copy(&self) -> Self {
        let world = self.world();
        let copy = |contents: &Contents| Contents {
            bytes: contents.bytes.clone(),
            durable: contents.bytes.clone(),
            ..Contents::default()
        };
        let files = world.files.iter().map(copy).collect();
        let names = world.names.clone();
        Self(Arc::new(Mutex::new(World { files, durable_names: names.clone(), names, ..World::default() })))
    }

    /// The bytes of a file.
    pub(crate) fn bytes(&self, path: &str) -> Vec<u8> {
        let world = self.world();
        world.files[world.names[Path::new(path)]].bytes.clone()
    }

    /// Changes the bytes of a file behind everyone's back.
    pub(crate) fn edit(&self, path: &str, edit: impl FnOnce(&mut Vec<u8>)) {
        let mut world = self.world();
        let id = world.names[Path::new(path)];
        edit(&mut world.files[id].bytes);
        world.files[id].durable = world.files[id].bytes.clone();
    }

    /// The names of all files.
    pub(crate) fn names(&self) -> Vec<String> {
        self.world().names.keys().map(|path| path.display().to_string()).collect()
    }

    fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.0)
    }

    fn handle(&self, id: usize) -> CrashFile {
        CrashFile { world: Arc::clone(&self.0), id, holds_lock: Mutex::new(false) }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World {
    fn step(&mut self) -> io::Result<()> {
        if self.fails_at.is_some_and(|at| self.operations >= at) {
            return Err(io::Error::other("the power has failed"));
        }
        self.operations += 1;
        Ok(())
    }

    fn change(&mut self, change: NameChange) {
        change.apply(&mut self.names);
        let folder = change.folder().to_owned();
        self.unsynced_names.push((folder, change));
    }

    fn find(&self, path: &Path) -> io::Result<usize> {
        self.names.get(path).copied().ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    }
}

impl NameChange {
    fn apply(&self, names: &mut BTreeMap<PathBuf, usize>) {
        match self {
            Self::Make(path, id) => {
                names.insert(path.clone(), *id);
            }
            Self::Rename(from, to) => {
                if let Some(id) = names.remove(from) {
                    names.insert(to.clone(), id);
                }
            }
            Self::Remove(path) => {
                names.remove(path);
            }
        }
    }

    fn folder(&self) -> &Path {
        let (Self::Make(path, _) | Self::Rename(_, path) | Self::Remove(path)) = self;
        path.parent().unwrap_or(path)
    }
}

impl Contents {
    fn after_crash(&self, rng: &mut Rng) -> Self {
        let mut bytes = self.durable.clone();
        // Now and then nothing, or everything, has reached the disk.
        let luck = rng.below(4);
        for (offset, written) in &self.unsynced {
            for (place, sector) in written.chunks(SECTOR).enumerate() {
                if luck > 0 && (luck == 1 || rng.chance(1, 2)) {
                    put(&mut bytes, offset + place * SECTOR, sector);
                }
            }
        }
        Self { durable: bytes.clone(), bytes, ..Self::default() }
    }
}

fn put(bytes: &mut Vec<u8>, offset: usize, written: &[u8]) {
    bytes.resize(bytes.len().max(offset + written.len()), 0);
    bytes[offset..offset + written.len()].copy_from_slice(written);
}

impl Disk for CrashDisk {
    type File = CrashFile;

    fn open(&self, path: &Path) -> io::Result<CrashFile> {
        let id = self.world().find(path)?;
        Ok(self.handle(id))
    }

    fn create(&self, path: &Path) -> io::Result<CrashFile> {
        let mut world = self.world();
        world.step()?;
        let id = world.files.len();
        world.files.push(Contents::default());
        world.change(NameChange::Make(path.to_owned(), id));
        drop(world);
        Ok(self.handle(id))
    }

    fn open_or_create(&self, path: &Path) -> io::Result<CrashFile> {
        self.open(path).or_else(|_| self.create(path))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut world = self.world();
        world.step()?;
        world.find(from)?;
        world.change(NameChange::Rename(from.to_owned(), to.to_owned()));
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut world = self.world();
        world.step()?;
        world.find(path)?;
        world.change(NameChange::Remove(path.to_owned()));
        Ok(())
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let world = self.world();
        let inside = world.names.keys().filter(|path| path.parent() == Some(folder));
        Ok(inside.filter_map(|path| path.file_name()?.to_str().map(str::to_owned)).collect())
    }

    fn create_dir_all(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn sync_dir(&self, folder: &Path) -> io::Result<()> {
        let mut world = self.world();
        world.step()?;
        let (synced, rest) = std::mem::take(&mut world.unsynced_names).into_iter().partition(|(of, _)| of == folder);
        world.unsynced_names = rest;
        let synced: Vec<(PathBuf, NameChange)> = synced;
        synced.iter().for_each(|(_, change)| change.apply(&mut world.durable_names));
        Ok(())
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        Ok(self.world().names.keys().any(|name| name.starts_with(path)))
    }

    fn file_system(&self, _: &Path) -> io::Result<FileSystem> {
        Ok(FileSystem::Memory)
    }
}

impl CrashFile {
    fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.world)
    }
}

impl DiskFile for CrashFile {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let world = self.world();
        let rest = world.files[self.id].bytes.get(offset as usize..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut world = self.world();
        let failed = world.step();
        // The write during which the power fails may have reached the disk in part.
        let contents = &mut world.files[self.id];
        contents.unsynced.push((offset as usize, bytes.to_vec()));
        put(&mut contents.bytes, offset as usize, bytes);
        failed
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut world = self.world();
        world.step()?;
        world.syncs += 1;
        let contents = &mut world.files[self.id];
        contents.durable = contents.bytes.clone();
        contents.unsynced.clear();
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        let mut world = self.world();
        world.step()?;
        world.files[self.id].bytes.resize(length as usize, 0);
        Ok(())
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.world().files[self.id].bytes.len() as u64)
    }

    fn try_lock(&self) -> io::Result<bool> {
        let mut world = self.world();
        let mut holds = lock(&self.holds_lock);
        if world.files[self.id].locked && !*holds {
            return Ok(false);
        }
        world.files[self.id].locked = true;
        *holds = true;
        Ok(true)
    }
}

impl Drop for CrashFile {
    fn drop(&mut self) {
        if *lock(&self.holds_lock) {
            self.world().files[self.id].locked = false;
        }
    }
}
