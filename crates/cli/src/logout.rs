//! `logout`: gives the token of a login back.

use anyhow::{Context, bail};
use proconsul_api::Method;

use crate::command::{self, Call, Command, Exit};
use crate::connection;

pub(crate) const COMMAND: Command = Command {
    words: "logout",
    usage: "[options]",
    synopsis: "Gives a token of a login back",
    about: "  Removes the token that is sent with this command, if `consul login` has made it.",
    connection: connection::BOTH,
    flags: command::no_flags,
    run,
};

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    if !call.given.rest.is_empty() {
        bail!("Should have no non-flag arguments.");
    }
    let api = connection::api(&call.given)?;
    api.tell(&Method::POST, "/v1/acl/logout", &[], Vec::new()).context("Error destroying token")?;
    Ok(Exit::Success)
}
