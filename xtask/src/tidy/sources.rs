//! The Rust files of the repository.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// One file.
#[derive(Debug)]
pub(super) struct Source {
    /// From the repository's first folder.
    pub(super) path: String,
    pub(super) text: String,
}

impl Source {
    /// All files of ours, in the order of their paths.
    pub(super) fn all(root: &Path) -> Result<Vec<Self>> {
        let mut found = Vec::new();
        for folder in ["crates", "testing", "tests", "xtask"] {
            collect(root, Path::new(folder), &mut found)?;
        }
        found.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(found)
    }

    /// Whether only tests are in it.
    pub(super) fn is_test(&self) -> bool {
        self.path.contains("/tests/")
            || self.path.ends_with("/tests.rs")
            || ["testing/", "tests/"].iter().any(|group| self.path.starts_with(group))
    }
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<Source>) -> Result<()> {
    let items = fs::read_dir(root.join(folder)).with_context(|| format!("cannot list {}", folder.display()))?;
    for item in items {
        let item = item?;
        let path = folder.join(item.file_name());
        if item.file_type()?.is_dir() {
            // What cargo builds inside a crate's folder, should someone let it.
            if item.file_name() != "target" {
                collect(root, &path, found)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text =
                fs::read_to_string(root.join(&path)).with_context(|| format!("cannot read {}", path.display()))?;
            found.push(Source { path: path.display().to_string(), text });
        }
    }
    Ok(())
}
