//! Where things are in the repository.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The repository's first folder.
pub(crate) fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// A folder for what chores fetch or make; never committed, and the same wherever cargo builds.
pub(crate) fn target(name: &str) -> PathBuf {
    root().join("target").join(name)
}

/// Where cargo puts what it builds.
pub(crate) fn built(name: &str) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from).join(name)
}

/// The text of a file of the repository.
pub(crate) fn read(name: &str) -> Result<String> {
    let path = root().join(name);
    fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}
