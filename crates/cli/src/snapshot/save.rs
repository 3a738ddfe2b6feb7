//! `snapshot save`: the state is fetched, looked through, and only then given its name.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;
use proconsul_api::Reading;

use super::{PATH, only_file};
use crate::command::{self, Call, Command, Exit};
use crate::connection::{self, open_error};

pub(crate) const COMMAND: Command = Command {
    words: "snapshot save",
    usage: "[options] FILE",
    synopsis: "Saves snapshot of Consul server state",
    about: "  Fetches the state of the servers at one moment: keys, catalog, sessions, prepared queries, config
  entries and intentions. With -stale any server gives its own, also when there is no leader.

      $ consul snapshot save backup.snap",
    connection: &[connection::CLIENT, connection::SERVER],
    flags: command::no_flags,
    run,
};

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let file = only_file(&call.given)?;
    let api = connection::api(&call.given)?;
    let mut reading = api.open(PATH, &[]).context("Error saving snapshot")?;
    let unverified = Unverified::beside(Path::new(file));
    let index = unverified.fill(&mut reading)?;
    fs::rename(&unverified.0, file).with_context(|| format!("Error renaming {:?} to {file:?}", unverified.0))?;
    call.out.say(&format!("Saved and verified snapshot to index {index}"));
    Ok(Exit::Success)
}

/// A file that is not yet known to be whole. It goes unless it got its name.
struct Unverified(PathBuf);

impl Unverified {
    fn beside(file: &Path) -> Self {
        let mut path = file.as_os_str().to_owned();
        path.push(format!(".unverified.tmp{}", std::process::id()));
        Self(path.into())
    }

    /// Writes and checks it: the index of its state.
    fn fill(&self, reading: &mut Reading<'_>) -> anyhow::Result<u64> {
        let shown = self.0.display().to_string();
        let created = File::options().write(true).create_new(true).open(&self.0);
        let mut file =
            created.map_err(|error| open_error(&shown, &error).context("Error writing unverified snapshot file"))?;
        io::copy(reading, &mut file).context("Error writing unverified snapshot file")?;
        file.sync_all().context("Error writing unverified snapshot file")?;
        let mut written = File::open(&self.0).context("Error opening snapshot file for verify")?;
        let contents = proconsul_archive::inspect(&mut written).context("Error verifying snapshot file")?;
        Ok(contents.index)
    }
}

impl Drop for Unverified {
    fn drop(&mut self) {
        // Gone already once it has its name.
        let _ = fs::remove_file(&self.0);
    }
}
