//! Where things are in the repository.

use std::path::{Path, PathBuf};

/// The repository's first folder.
pub(crate) fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// A folder for what chores fetch or make; never committed, and the same wherever cargo builds.
pub(crate) fn target(name: &str) -> PathBuf {
    root().join("target").join(name)
}
