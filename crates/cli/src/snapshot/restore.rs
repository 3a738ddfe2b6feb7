//! `snapshot restore`: a saved state takes the place of the servers' own.

use anyhow::Context;
use proconsul_api::{Body, Method};

use super::{PATH, only_file, open};
use crate::command::{self, Call, Command, Exit};
use crate::connection;

pub(crate) const COMMAND: Command = Command {
    words: "snapshot restore",
    usage: "[options] FILE",
    synopsis: "Restores snapshot of Consul server state",
    about: "  Puts a saved state, ours or Consul's, in the place of what the servers have. All servers take it
  as one write: they have either the old state or the new one. A damaged file changes nothing.

      $ consul snapshot restore backup.snap",
    connection: &[connection::CLIENT, connection::SERVER],
    flags: command::no_flags,
    run,
};

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let file = open(only_file(&call.given)?)?;
    let api = connection::api(&call.given)?;
    api.tell(&Method::PUT, PATH, &[], Body::read(file)).context("Error restoring snapshot")?;
    call.out.say("Restored snapshot");
    Ok(Exit::Success)
}
