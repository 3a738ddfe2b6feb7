//! `intention match`: the intentions that hold for a service, in their order.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use proconsul_agent::flag::{Flag, Takes};

use super::{Intention, PATH};
use crate::command::{Call, Command, Exit};
use crate::connection;

pub(crate) const COMMAND: Command = Command {
    words: "intention match",
    usage: "[options] SRC|DST",
    synopsis: "Lists the intentions that hold for a service",
    about: "  Prints the intentions that hold for a destination, or with -source for a source, in the
  order in which they are looked at.

      $ consul intention match db
      $ consul intention match -source web",
    connection: connection::BOTH,
    flags: || FLAGS,
    run,
};

const FLAGS: &[Flag] = &[
    Flag { name: "destination", takes: Takes::Switch, doc: "The name is a destination.", default: "true" },
    Flag { name: "source", takes: Takes::Switch, doc: "The name is a source.", default: "false" },
];

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let [name] = call.given.rest.as_slice() else { bail!("Error: command requires exactly one argument: src or dst") };
    let by = match (call.given.switch("source"), call.given.switch("destination")) {
        (true, true) => bail!("Error: only one of -source or -destination may be specified"),
        (true, false) => "source",
        (false, _) => "destination",
    };
    let query = [("by", by.to_owned()), ("name", name.clone())];
    let matches = connection::api(&call.given)?.json(&format!("{PATH}/match"), &query);
    let mut matches: BTreeMap<String, Option<Vec<Intention>>> = matches.context("Error matching the connection")?;
    let found = matches.remove(name).flatten().unwrap_or_default();
    found.iter().for_each(|intention| call.out.say(&intention.to_string()));
    Ok(Exit::Success)
}
