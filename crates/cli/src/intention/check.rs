//! `intention check`: whether one service may connect to another.

use anyhow::{Context, bail};
use serde::Deserialize;

use super::PATH;
use crate::command::{self, Call, Command, Exit};
use crate::connection;

pub(crate) const COMMAND: Command = Command {
    words: "intention check",
    usage: "[options] SRC DST",
    synopsis: "Tells whether a connection is allowed",
    about: "  Tells whether SRC may connect to DST. Ends with 0 when it may, with 1 when it may not, and
  with 2 when that cannot be told.

      $ consul intention check web db",
    connection: connection::BOTH,
    flags: command::no_flags,
    run,
};

/// The agent's answer.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Checked {
    allowed: bool,
}

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    match allowed(&call) {
        Ok(true) => {
            call.out.say("Allowed");
            Ok(Exit::Success)
        }
        Ok(false) => {
            call.out.say("Denied");
            Ok(Exit::Failure)
        }
        Err(error) => {
            call.out.complain(&format!("{error:#}"));
            Ok(Exit::Undecided)
        }
    }
}

fn allowed(call: &Call<'_>) -> anyhow::Result<bool> {
    let [source, destination] = call.given.rest.as_slice() else {
        bail!("Error: command requires exactly two arguments: src and dst")
    };
    let query =
        [("source", source.clone()), ("destination", destination.clone()), ("source-type", "consul".to_owned())];
    let checked = connection::api(&call.given)?.json(&format!("{PATH}/check"), &query);
    let checked: Checked = checked.context("Error checking the connection")?;
    Ok(checked.allowed)
}
