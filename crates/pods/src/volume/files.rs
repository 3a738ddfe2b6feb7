//! Volumes whose files the runtime writes (ConfigMap, Secret, downward API). All files of a volume change at once: they lie in
//! a folder of their own, to which the link `..data` points, and a new link replaces the old in one step.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::stamp::Stamp;

/// One file of such a volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumeFile {
    /// Its content.
    pub content: Vec<u8>,
    /// Its permission bits: 0o644.
    pub mode: u32,
}

/// Writes the files of a volume, by path relative to it (without `..`); files of the last time that are absent now are
/// removed. The folder is made when missing. A reader sees all of the old files or all of the new.
pub fn write_files(volume: &Path, files: &BTreeMap<PathBuf, VolumeFile>) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o755).create(volume)?;
    let before = fs::read_link(volume.join("..data")).ok();
    let data = PathBuf::from(format!("..{}", Stamp(SystemTime::now()).to_string().replace([':', '-'], "_")));
    for (path, file) in files {
        write_file(&volume.join(&data).join(plain(path)?), file)?;
    }
    fs::create_dir_all(volume.join(&data))?;
    fs::set_permissions(volume.join(&data), fs::Permissions::from_mode(0o755))?;
    replace_link(volume, "..data", &data)?;
    let tops = tops(files);
    for top in &tops {
        if fs::symlink_metadata(volume.join(top)).is_err() {
            symlink(Path::new("..data").join(top), volume.join(top))?;
        }
    }
    remove_stale(volume, &tops, before.as_deref())
}

fn write_file(path: &Path, file: &VolumeFile) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o755).create(folder)?;
    }
    let mut out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    out.write_all(&file.content)?;
    // The umask has no say in a mode that the manifest names.
    out.set_permissions(fs::Permissions::from_mode(file.mode & 0o7777))
}

fn replace_link(volume: &Path, name: &str, target: &Path) -> io::Result<()> {
    let aside = volume.join(format!("{name}_tmp"));
    if fs::symlink_metadata(&aside).is_ok() {
        fs::remove_file(&aside)?;
    }
    symlink(target, &aside)?;
    fs::rename(&aside, volume.join(name))
}

/// The first part of each path: the names users see.
fn tops(files: &BTreeMap<PathBuf, VolumeFile>) -> Vec<PathBuf> {
    let mut tops: Vec<PathBuf> = files.keys().filter_map(|path| path.iter().next().map(PathBuf::from)).collect();
    tops.dedup();
    tops
}

fn remove_stale(volume: &Path, tops: &[PathBuf], before: Option<&Path>) -> io::Result<()> {
    for entry in fs::read_dir(volume)?.flatten() {
        let name = PathBuf::from(entry.file_name());
        let is_ours = name.to_string_lossy().starts_with("..");
        if !is_ours && !tops.contains(&name) && entry.file_type()?.is_symlink() {
            fs::remove_file(entry.path())?;
        }
    }
    match before {
        Some(before) if plain(before).is_ok() => fs::remove_dir_all(volume.join(before)),
        _ => Ok(()),
    }
}

/// The path, when it is relative and has no `..`.
fn plain(path: &Path) -> io::Result<&Path> {
    let is_plain = path.components().all(|part| matches!(part, std::path::Component::Normal(_)));
    if is_plain && !path.as_os_str().is_empty() {
        return Ok(path);
    }
    let message = format!("file path {path:?} of a volume must be relative and without \"..\"");
    Err(io::Error::new(io::ErrorKind::InvalidInput, message))
}
