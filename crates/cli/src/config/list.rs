//! `config list`: the names of all config entries of one kind.

use anyhow::Context;
use serde::Deserialize;

use super::{CONNECTION, KIND, api, required};
use crate::command::{Call, Command, Exit};

pub(crate) const COMMAND: Command = Command {
    words: "config list",
    usage: "[options] -kind <config kind>",
    synopsis: "Lists the config entries of a kind",
    about: "  Prints the name of every config entry of this kind.

    $ consul config list -kind service-defaults",
    connection: CONNECTION,
    flags: || &[KIND],
    run,
};

/// The part of an entry that is printed.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Named {
    name: String,
}

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let kind = required(&call.given, "kind")?;
    let entries = api(&call.given)?.json(&format!("/v1/config/{kind}"), &[]);
    let entries: Vec<Named> = entries.with_context(|| format!("Error listing config entries for kind {kind:?}"))?;
    entries.iter().for_each(|entry| call.out.say(&entry.name));
    Ok(Exit::Success)
}
