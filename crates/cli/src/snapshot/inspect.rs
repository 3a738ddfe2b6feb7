//! `snapshot inspect`: what a file says about itself, once it has been checked.

use anyhow::Context;

use super::{only_file, open};
use crate::command::{self, Call, Command, Exit};

pub(crate) const COMMAND: Command = Command {
    words: "snapshot inspect",
    usage: "[options] FILE",
    synopsis: "Displays information about a Consul snapshot file",
    about: "  Checks a file and shows which state it holds. No agent is asked.

      $ consul snapshot inspect backup.snap",
    connection: &[],
    flags: command::no_flags,
    run,
};

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let mut file = open(only_file(&call.given)?)?;
    let meta = proconsul_archive::inspect(&mut file).context("Error verifying snapshot")?;
    let rows = [
        ("ID", meta.id.clone()),
        ("Size", meta.size.to_string()),
        ("Index", meta.index.to_string()),
        ("Term", meta.term.to_string()),
        ("Version", meta.version.to_string()),
    ];
    let lines: String = rows.iter().map(|(name, value)| format!("{name:<13}{value}\n")).collect();
    call.out.bytes(lines.as_bytes());
    Ok(Exit::Success)
}
