//! Containers' logs: written by the shim in Kubernetes' line format, read by the runtime also when the shim is gone.
//!
//! `logs/CONTAINER/INSTANCE.log` in the pod's folder, with `.1` (youngest) to `.4` behind it; a line is
//! `2026-01-02T03:04:05.123456789Z stdout F text`, where `P` in place of `F` means that the line goes on in the next.

mod read;
mod write;

use std::path::{Path, PathBuf};

pub use read::{LogError, LogOptions, LogReader, Which};
pub(crate) use write::{LogWriter, pump};

/// Files kept of one instance, the one written included.
const FILES: u32 = 5;

/// A file is put aside when it is longer, bytes.
const FILE_BYTES: u64 = 10 * 1024 * 1024;

fn folder(pod_dir: &Path, container: &str) -> PathBuf {
    pod_dir.join("logs").join(container)
}

/// The file of an instance, `age` rotations old.
fn file(folder: &Path, instance: u32, age: u32) -> PathBuf {
    match age {
        0 => folder.join(format!("{instance}.log")),
        _ => folder.join(format!("{instance}.log.{age}")),
    }
}

#[cfg(test)]
mod tests;
