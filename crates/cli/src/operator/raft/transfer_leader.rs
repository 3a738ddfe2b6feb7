//! `operator raft transfer-leader`: another server leads. Came with Consul 1.15.

use anyhow::{Context, bail};
use proconsul_agent::flag::{Flag, Takes};
use proconsul_api::Method;
use serde::Deserialize;

use crate::command::{Call, Command, Exit};
use crate::connection;
use crate::operator::api;

pub(crate) const COMMAND: Command = Command {
    words: "operator raft transfer-leader",
    usage: "[options]",
    synopsis: "Makes another server lead",
    about: "  Hands leadership to another server: the one with this id, or the one that is best
  prepared.",
    connection: connection::BOTH,
    flags: || FLAGS,
    run,
};

const FLAGS: &[Flag] =
    &[Flag { name: "id", takes: Takes::Text("string"), doc: "Raft id of the server that is to lead.", default: "" }];

/// The agent's answer.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Transferred {
    success: bool,
}

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let api = api(&call.given)?;
    let id = call.given.text("id").filter(|id| !id.is_empty()).map(|id| ("id", id.to_owned()));
    let query: Vec<(&str, String)> = id.into_iter().collect();
    let answer = api.tell(&Method::POST, "/v1/operator/raft/transfer-leader", &query, Vec::new());
    let done: Transferred = answer.and_then(|answer| answer.json()).context("Error transferring leadership")?;
    if !done.success {
        bail!("Error transferring leadership: the leader is the same as before");
    }
    call.out.say("Success");
    Ok(Exit::Success)
}
