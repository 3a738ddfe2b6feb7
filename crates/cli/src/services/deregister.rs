//! `services deregister`: takes services from the agent.

use anyhow::{Context, bail};
use proconsul_agent::flag::{Flag, Takes};
use proconsul_api::Method;

use super::{CONNECTION, file};
use crate::command::{Call, Command, Exit};
use crate::connection;

pub(crate) const COMMAND: Command = Command {
    words: "services deregister",
    usage: "[options] [FILE...]",
    synopsis: "Takes services from the agent",
    about: "  Takes the services of configuration files, or the one with this id, from the agent that
  they were registered at.

      $ consul services deregister web.hcl
      $ consul services deregister -id=web",
    connection: CONNECTION,
    flags: || FLAGS,
    run,
};

const FLAGS: &[Flag] =
    &[Flag { name: "id", takes: Takes::Text("string"), doc: "Id of the service, without files.", default: "" }];

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let id = call.given.text("id").filter(|id| !id.is_empty());
    // Each with its name, which Consul tells when something goes wrong, and its id.
    let services: Vec<(String, String)> = match (call.given.rest.as_slice(), id) {
        ([], None) => bail!("Service deregistration requires at least one argument or -id."),
        ([], Some(id)) => vec![(String::new(), id.to_owned())],
        (_, Some(_)) => bail!("Service deregistration requires arguments or -id, not both."),
        (files, None) => {
            let services = file::services(files, call.out).context("Error")?;
            services.into_iter().map(|service| (service.name, service.id)).collect()
        }
    };
    let api = connection::api(&call.given)?;
    for (name, id) in services {
        let id = if id.is_empty() { &name } else { &id };
        if id.is_empty() {
            continue;
        }
        let done = api.tell(&Method::PUT, &format!("/v1/agent/service/deregister/{id}"), &[], Vec::new());
        done.with_context(|| format!("Error registering service {name:?}"))?;
        call.out.say(&format!("Deregistered service: {id}"));
    }
    Ok(Exit::Success)
}
