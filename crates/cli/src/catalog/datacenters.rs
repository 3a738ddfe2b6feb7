//! `catalog datacenters`: all known datacenters, the nearest first.

use anyhow::Context;

use crate::argument;
use crate::command::{self, Call, Command, Exit};
use crate::connection;

pub(crate) const COMMAND: Command = Command {
    words: "catalog datacenters",
    usage: "[options]",
    synopsis: "Lists the datacenters",
    about: "  Prints the name of every datacenter that is known, the nearest first.

      $ consul catalog datacenters",
    connection: connection::BOTH,
    flags: command::no_flags,
    run,
};

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    argument::none(&call.given)?;
    let api = connection::api(&call.given)?;
    let names: Vec<String> = api.json("/v1/catalog/datacenters", &[]).context("Error listing datacenters")?;
    names.iter().for_each(|name| call.out.say(name));
    Ok(Exit::Success)
}
