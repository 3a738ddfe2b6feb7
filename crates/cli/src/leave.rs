//! `leave`: the agent leaves its cluster on purpose and stops.

use anyhow::{Context, bail};
use proconsul_api::{Answer, Method};

use crate::command::{self, Call, Command, Exit, Misuse};
use crate::connection;

pub(crate) const COMMAND: Command = Command {
    words: "leave",
    usage: "[options]",
    synopsis: "Gracefully leaves the Consul cluster and shuts down",
    about: "  Makes the agent leave its cluster and stop.",
    connection: &[connection::CLIENT],
    flags: command::no_flags,
    run,
};

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    if !call.given.rest.is_empty() {
        bail!(Misuse::Apart(format!("Error found unexpected args: [{}]", call.given.rest.join(" "))));
    }
    let api = connection::api(&call.given)?;
    let answer = api.ask(&Method::PUT, "/v1/agent/leave", &[], Vec::new());
    answer.and_then(Answer::success).context("Error leaving")?;
    call.out.say("Graceful leave complete");
    Ok(Exit::Success)
}
