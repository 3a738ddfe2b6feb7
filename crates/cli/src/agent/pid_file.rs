//! The file that tells others the agent's process id, there as long as the agent runs.

use std::fs;
use std::process;

use anyhow::Context;
use proconsul_agent::config::Place;

/// The written file; dropping it removes it.
pub(super) struct PidFile(Place);

impl PidFile {
    /// Writes this process's id.
    pub(super) fn write(place: &Place) -> anyhow::Result<Self> {
        if let Some(directory) = place.real().parent() {
            fs::create_dir_all(directory)
                .with_context(|| format!("Could not create the directory of pid file {place}"))?;
        }
        fs::write(place.real(), process::id().to_string())
            .with_context(|| format!("Could not write pid file {place}"))?;
        Ok(Self(place.clone()))
    }
}

impl Drop for PidFile {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(self.0.real()) {
            tracing::warn!(target: "agent", file = %self.0, %error, "Could not remove pid file");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_there_as_long_as_its_value() {
        let directory = tempfile::tempdir().unwrap();
        let place = Place::new(directory.path().join("run/agent.pid"));
        let file = PidFile::write(&place).unwrap();
        assert_eq!(fs::read_to_string(place.real()).unwrap(), process::id().to_string());
        drop(file);
        assert!(!place.real().exists());
    }
}
