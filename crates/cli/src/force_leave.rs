//! `force-leave`: a member that will not come back is called left.

use anyhow::{Context, bail};
use proconsul_agent::flag::{Flag, Takes};
use proconsul_api::Method;

use crate::command::{Call, Command, Exit, Misuse};
use crate::connection;

pub(crate) const COMMAND: Command = Command {
    words: "force-leave",
    usage: "[options] name",
    synopsis: "Makes a failed member a left one",
    about: "  Declares that a member has left, so that nobody waits for its return. A member that is
  alive joins again.",
    connection: &[connection::CLIENT],
    flags: || FLAGS,
    run,
};

const FLAGS: &[Flag] = &[Flag {
    name: "prune",
    takes: Takes::Switch,
    doc: "Takes the member out of the list of members altogether.",
    default: "false",
}];

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let [name] = call.given.rest.as_slice() else {
        bail!(Misuse::Explained("A single node name must be specified to force leave."))
    };
    let api = connection::api(&call.given)?;
    let prune = call.given.switch("prune").then(|| ("prune", "1".to_owned()));
    let query: Vec<(&str, String)> = prune.into_iter().collect();
    let done = api.tell(&Method::PUT, &format!("/v1/agent/force-leave/{name}"), &query, Vec::new());
    done.context("Error force leaving")?;
    Ok(Exit::Success)
}
