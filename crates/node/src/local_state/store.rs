//! The files that keep services and checks. Knows paths and durability; what the bytes mean, `agent::local::kept` says.

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use proconsul_agent::local::Removal;
use proconsul_agent::local::kept::{self, CHECK_STATES, CHECKS, SERVICES};
use proconsul_calls::agent::AgentError;
use proconsul_types::node::Text;
use tokio::task::spawn_blocking;

/// The files of one data directory.
#[derive(Clone, Debug)]
pub(super) struct Store(Arc<Path>);

/// One file written or removed.
#[derive(Clone, Debug)]
pub(super) struct Step {
    folder: &'static str,
    id: Text,
    /// The new content; `None` for no file any more.
    content: Option<Vec<u8>>,
}

impl Step {
    /// This has the file.
    pub(super) fn keep(folder: &'static str, id: &Text, content: Vec<u8>) -> Self {
        Self { folder, id: id.clone(), content: Some(content) }
    }

    /// This has no file any more.
    pub(super) fn forget(folder: &'static str, id: &Text) -> Self {
        Self { folder, id: id.clone(), content: None }
    }

    /// None of these has a file any more. Services go first: a check without its service is not held again, but a service
    /// without its checks would look well.
    pub(super) fn forget_all(removal: &Removal) -> Vec<Self> {
        let services = removal.services.iter().map(|id| Self::forget(SERVICES, id));
        let of_check = |id| [CHECKS, CHECK_STATES].map(|folder| Self::forget(folder, id));
        services.chain(removal.checks.iter().flat_map(of_check)).collect()
    }

    fn what(&self) -> &'static str {
        match self.folder {
            SERVICES => "service",
            CHECKS => "check",
            _ => "check state",
        }
    }
}

impl Store {
    /// The files below this data directory; the folders are made.
    pub(super) fn open(data: &Path) -> io::Result<Self> {
        for folder in [SERVICES, CHECKS, CHECK_STATES] {
            DirBuilder::new().recursive(true).mode(0o700).create(data.join(folder))?;
        }
        File::open(data)?.sync_all()?;
        Ok(Self(data.into()))
    }

    /// Does all steps in their order, durably.
    pub(super) async fn take(&self, steps: Vec<Step>) -> Result<(), AgentError> {
        let store = self.clone();
        let taken = spawn_blocking(move || store.take_now(&steps)).await;
        // A task that panicked has been reported, and nothing is known of what it wrote.
        taken.unwrap_or_else(|error| Err(not_kept("service", "", &io::Error::other(error))))
    }

    /// The same, on this thread.
    pub(super) fn take_now(&self, steps: &[Step]) -> Result<(), AgentError> {
        let mut folders = BTreeSet::new();
        for step in steps {
            let changed = match &step.content {
                Some(content) => self.write(step, content).map(|()| true),
                None => self.remove(step),
            };
            match changed {
                // What a check was told is soon told again: not worth a wait for the disk.
                Ok(changed) if changed && step.folder != CHECK_STATES => drop(folders.insert(step.folder)),
                Ok(_) => {}
                Err(error) => return Err(not_kept(step.what(), &step.id, &error)),
            }
        }
        for folder in folders {
            let synced = File::open(self.0.join(folder)).and_then(|folder| folder.sync_all());
            synced.map_err(|error| not_kept(folder, "", &error))?;
        }
        Ok(())
    }

    /// All files of a folder with their content; what cannot be read is told and left.
    pub(super) fn read_all(&self, folder: &str) -> io::Result<Vec<(PathBuf, Vec<u8>)>> {
        let mut files = Vec::new();
        for item in fs::read_dir(self.0.join(folder))? {
            let item = item?;
            let path = item.path();
            if item.file_type()?.is_dir() {
                continue;
            }
            if path.extension().is_some_and(|extension| extension == "tmp") {
                tracing::warn!(target: "agent", file = %path.display(), "Ignoring temporary service file");
                continue;
            }
            match fs::read(&path) {
                Ok(content) => files.push((path, content)),
                Err(error) => {
                    tracing::error!(target: "agent", file = %path.display(), %error, "failed reading file");
                }
            }
        }
        files.sort();
        Ok(files)
    }

    /// The file of this id, if there is one.
    pub(super) fn read(&self, folder: &str, id: &str) -> Option<Vec<u8>> {
        fs::read(self.path(folder, id)).ok()
    }

    fn path(&self, folder: &str, id: &str) -> PathBuf {
        self.0.join(folder).join(kept::file_name(id))
    }

    /// Puts the content in the file's place in one step: afterwards there is the old file or the new one, never a part.
    fn write(&self, step: &Step, content: &[u8]) -> io::Result<()> {
        let path = self.path(step.folder, &step.id);
        let unfinished = path.with_extension("tmp");
        // Tokens may be in it.
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
        file.write_all(content)?;
        if step.folder != CHECK_STATES {
            file.sync_data()?;
        }
        fs::rename(&unfinished, &path)
    }

    /// Whether there was a file.
    fn remove(&self, step: &Step) -> io::Result<bool> {
        match fs::remove_file(self.path(step.folder, &step.id)) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
}

pub(super) fn not_kept(what: &'static str, id: &str, why: &dyn std::error::Error) -> AgentError {
    AgentError::NotKept { what, id: id.to_owned(), why: why.to_string() }
}

#[cfg(test)]
mod tests;
