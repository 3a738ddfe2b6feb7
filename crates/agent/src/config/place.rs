//! A path as its user wrote it and as this machine has it. The two differ only for an agent that stands for a pod.

use std::fmt;
use std::path::{Path, PathBuf};

/// A file or directory of the configuration. Answers show [`Place::shown`], files are opened at [`Place::real`], and errors
/// print both when they differ.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    shown: PathBuf,
    real: PathBuf,
}

impl Place {
    /// A path that is shown as it is.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self { shown: path.clone(), real: path }
    }

    /// A path of a container that lies elsewhere on this machine.
    pub fn mapped(shown: impl Into<PathBuf>, real: impl Into<PathBuf>) -> Self {
        Self { shown: shown.into(), real: real.into() }
    }

    /// As the user wrote it.
    pub fn shown(&self) -> &Path {
        &self.shown
    }

    /// Where it lies on this machine.
    pub fn real(&self) -> &Path {
        &self.real
    }

    /// A file below this directory.
    pub fn join(&self, name: impl AsRef<Path>) -> Self {
        Self { shown: self.shown.join(&name), real: self.real.join(&name) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.shown == self.real {
            write!(f, "{}", self.real.display())
        } else {
            write!(f, "{} (on this machine {})", self.shown.display(), self.real.display())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_paths_are_printed_when_they_differ() {
        assert_eq!(Place::new("/opt/data").join("node-id").to_string(), "/opt/data/node-id");
        let mapped = Place::mapped("/consul/data", "/state/nfs/consul-0").join("node-id");
        assert_eq!(mapped.to_string(), "/consul/data/node-id (on this machine /state/nfs/consul-0/node-id)");
    }
}
