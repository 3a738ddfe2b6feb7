//! `reload`: the agent reads its configuration again.

use anyhow::Context;
use proconsul_api::Method;

use crate::command::{self, Call, Command, Exit};
use crate::connection;

pub(crate) const COMMAND: Command = Command {
    words: "reload",
    usage: "",
    synopsis: "Makes the agent read its configuration again",
    about: "  Makes the agent read its configuration files again, as the signal SIGHUP does.",
    connection: &[connection::CLIENT],
    flags: command::no_flags,
    run,
};

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let api = connection::api(&call.given)?;
    api.tell(&Method::PUT, "/v1/agent/reload", &[], Vec::new()).context("Error reloading")?;
    call.out.say("Configuration reload triggered");
    Ok(Exit::Success)
}
