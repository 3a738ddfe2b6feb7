//! Programs of others, where they are installed: tests that need them say so and do nothing else.

use std::path::{Path, PathBuf};

/// A program from `cargo xtask peers`.
pub(crate) fn fetched(name: &str) -> Option<PathBuf> {
    let bin = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/peers/bin");
    let found = bin.join(name).canonicalize().ok();
    if found.is_none() {
        println!("skipped: {name} is not in {}; run `cargo xtask peers`", bin.display());
    }
    found
}

/// A program of this machine.
pub(crate) fn installed(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|directory| directory.join(name)).find(|place| place.is_file());
    if found.is_none() {
        println!("skipped: {name} is not installed");
    }
    found
}
