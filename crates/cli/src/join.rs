//! `join`: the agent joins a cluster through one of its members.

use anyhow::bail;
use proconsul_agent::flag::{Flag, Takes};
use proconsul_api::Method;

use crate::command::{Call, Command, Exit, Misuse};
use crate::connection;

pub(crate) const COMMAND: Command = Command {
    words: "join",
    usage: "[options] address ...",
    synopsis: "Makes the agent join a cluster",
    about: "  Makes the agent join the cluster of the agents at these addresses; one that answers is
  enough.

      $ consul join 10.0.0.1 10.0.0.2",
    connection: &[connection::CLIENT],
    flags: || FLAGS,
    run,
};

const FLAGS: &[Flag] =
    &[Flag { name: "wan", takes: Takes::Switch, doc: "Joins servers of other datacenters.", default: "false" }];

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    if call.given.rest.is_empty() {
        bail!(Misuse::Explained("At least one address to join must be specified."));
    }
    let api = connection::api(&call.given)?;
    let wan = call.given.switch("wan").then(|| ("wan", "1".to_owned()));
    let query: Vec<(&str, String)> = wan.into_iter().collect();
    let mut joined = 0;
    for address in &call.given.rest {
        match api.tell(&Method::PUT, &format!("/v1/agent/join/{address}"), &query, Vec::new()) {
            Ok(_) => joined += 1,
            Err(error) => {
                let error = anyhow::Error::new(error).context(format!("Error joining address '{address}'"));
                call.out.complain(&format!("{error:#}"));
            }
        }
    }
    if joined == 0 {
        bail!("Failed to join any nodes.");
    }
    call.out.say(&format!("Successfully joined cluster by contacting {joined} nodes."));
    Ok(Exit::Success)
}
