//! `intention delete`: removes one intention.

use anyhow::Context;
use proconsul_api::Method;

use super::{PATH, find};
use crate::command::{self, Call, Command, Exit};
use crate::connection;

pub(crate) const COMMAND: Command = Command {
    words: "intention delete",
    usage: "[options] SRC DST | ID",
    synopsis: "Removes an intention",
    about: "  Removes the intention from SRC to DST, or the one with this id.

      $ consul intention delete web db",
    connection: connection::BOTH,
    flags: command::no_flags,
    run,
};

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let api = connection::api(&call.given)?;
    let id = find::id(&api, &call.given.rest).context("Error")?;
    // Consul's own words, though nothing is read.
    let done = api.tell(&Method::DELETE, &format!("{PATH}/{id}"), &[], Vec::new());
    done.context("Error reading the intention")?;
    call.out.say("Intention deleted.");
    Ok(Exit::Success)
}
