//! A folder into a compressed archive, which takes its place.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use proconsul_archive::tar::Writer;

/// The archive of a folder.
pub(super) fn path(folder: &Path) -> PathBuf {
    let mut name = OsString::from(folder);
    name.push(".tar.gz");
    name.into()
}

/// Packs all files of a folder, under its own name, and removes it.
pub(super) fn pack(folder: &Path, seconds: u64) -> io::Result<()> {
    let gzip = GzEncoder::new(File::create(path(folder))?, Compression::default());
    let mut archive = Writer::new(gzip, seconds);
    let parent = folder.parent().unwrap_or(Path::new(""));
    for file in files(folder)? {
        let contents = fs::read(&file)?;
        let name = file.strip_prefix(parent).unwrap_or(&file).to_string_lossy().into_owned();
        archive.file(&name, contents.len() as u64, |to| to.write_all(&contents))?;
    }
    archive.finish()?.finish()?.sync_all()?;
    fs::remove_dir_all(folder)
}

/// All files below a folder, in the order of their paths.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for item in fs::read_dir(&folder)? {
            let path = item?.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}
