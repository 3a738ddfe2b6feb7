//! `operator raft remove-peer`: a server that will not come back no longer counts.

use anyhow::{Context, bail};
use proconsul_agent::flag::{Flag, Given, Takes};
use proconsul_api::Method;

use crate::command::{Call, Command, Exit};
use crate::connection;
use crate::operator::api;

pub(crate) const COMMAND: Command = Command {
    words: "operator raft remove-peer",
    usage: "[options]",
    synopsis: "Takes a server out of the replicated log",
    about: "  Takes a server out of the replicated log, for one that is gone but still counts among
  those whose majority decides. One that `consul members` shows is better told to leave by
  `consul force-leave`.",
    connection: connection::BOTH,
    flags: || FLAGS,
    run,
};

const FLAGS: &[Flag] = &[
    Flag { name: "address", takes: Takes::Text("string"), doc: "Address and port of the server.", default: "" },
    Flag { name: "id", takes: Takes::Text("string"), doc: "Raft id of the server.", default: "" },
];

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let api = api(&call.given)?;
    let (name, value) = peer(&call.given).context("Error removing peer")?;
    let query = [(name, value.to_owned())];
    api.tell(&Method::DELETE, "/v1/operator/raft/peer", &query, Vec::new()).context("Error removing peer")?;
    call.out.say(&format!("Removed peer with {name} {value:?}"));
    Ok(Exit::Success)
}

fn peer(given: &Given) -> anyhow::Result<(&'static str, &str)> {
    let filled = |flag| given.text(flag).filter(|text| !text.is_empty());
    match (filled("address"), filled("id")) {
        (None, None) => bail!("an address or id is required for the peer to remove"),
        (Some(_), Some(_)) => bail!("cannot give both an address and id"),
        (Some(address), None) => Ok(("address", address)),
        (None, Some(id)) => Ok(("id", id)),
    }
}
