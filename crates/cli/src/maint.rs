//! `maint`: takes a node or a service out of what is found, and puts it back.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use proconsul_agent::flag::{Flag, Given, Takes};
use proconsul_api::{Api, Method};
use serde::Deserialize;

use crate::command::{Call, Command, Exit};
use crate::connection;
use crate::out::Out;

pub(crate) const COMMAND: Command = Command {
    words: "maint",
    usage: "[options]",
    synopsis: "Controls maintenance of a node or a service",
    about: "  Puts the agent's node, or one of its services, into maintenance: DNS and the API do not
  name it any more, because a critical check is added to it. This outlives a restart and
  ends only with -disable. Without flags, shows what is in maintenance.

      $ consul maint -enable -service=web -reason=upgrade",
    connection: &[connection::CLIENT],
    flags: || FLAGS,
    run,
};

const FLAGS: &[Flag] = &[
    Flag { name: "disable", takes: Takes::Switch, doc: "Ends maintenance.", default: "false" },
    Flag { name: "enable", takes: Takes::Switch, doc: "Begins maintenance.", default: "false" },
    Flag { name: "reason", takes: Takes::Text("string"), doc: "Why, for the check's notes.", default: "" },
    Flag {
        name: "service",
        takes: Takes::Text("string"),
        doc: "Id of the service that is meant instead of the node.",
        default: "",
    },
];

/// A check of the agent, as far as it is looked at.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Check {
    #[serde(rename = "CheckID")]
    check_id: String,
    #[serde(rename = "ServiceID", default)]
    service_id: String,
    #[serde(default)]
    notes: String,
}

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let change = change(&call.given)?;
    let service = call.given.text("service").unwrap_or_default();
    let api = connection::api(&call.given)?;
    let Some(enable) = change else { return show(&api, call.out) };
    let (verb, state) = if enable { ("enabling", "enabled") } else { ("disabling", "disabled") };
    let (path, what, done) = if service.is_empty() {
        let done = format!("Node maintenance is now {state}");
        ("/v1/agent/maintenance".to_owned(), "node", done)
    } else {
        let done = format!("Service maintenance is now {state} for {service:?}");
        (format!("/v1/agent/service/maintenance/{service}"), "service", done)
    };
    let mut query = vec![("enable", enable.to_string())];
    query.extend(enable.then(|| ("reason", call.given.text("reason").unwrap_or_default().to_owned())));
    let answer = api.tell(&Method::PUT, &path, &query, Vec::new());
    answer.with_context(|| format!("Error {verb} {what} maintenance"))?;
    call.out.say(&done);
    Ok(Exit::Success)
}

/// Whether maintenance is to begin; `None` when it is only to be shown.
fn change(given: &Given) -> anyhow::Result<Option<bool>> {
    let filled = |flag: &str| given.text(flag).is_some_and(|text| !text.is_empty());
    match (given.switch("enable"), given.switch("disable")) {
        (true, true) => bail!("Only one of -enable or -disable may be provided"),
        (false, _) if filled("reason") => bail!("Reason may only be provided with -enable"),
        (false, false) if filled("service") => bail!("Service requires either -enable or -disable"),
        (false, false) => Ok(None),
        (enable, _) => Ok(Some(enable)),
    }
}

fn show(api: &Api, out: &mut Out) -> anyhow::Result<Exit> {
    let node = connection::node_name(api).context("Error querying Consul agent")?;
    let checks: BTreeMap<String, Check> = api.json("/v1/agent/checks", &[]).context("Error getting checks")?;
    for check in checks.values() {
        if check.check_id == "_node_maintenance" {
            out.say(&format!("Node:\n  Name:   {node}\n  Reason: {}\n\n", check.notes));
        } else if check.check_id.starts_with("_service_maintenance:") {
            out.say(&format!("Service:\n  ID:     {}\n  Reason: {}\n\n", check.service_id, check.notes));
        }
    }
    Ok(Exit::Success)
}

#[cfg(test)]
mod tests {
    use proconsul_agent::flag::parse;

    use super::*;

    #[test]
    fn flags_that_contradict_each_other_are_refused() {
        let change = |line: &str| {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            super::change(&parse(&[FLAGS], &words).unwrap()).map_err(|error| error.to_string())
        };
        assert_eq!(change(""), Ok(None));
        assert_eq!(change("-enable -reason=x"), Ok(Some(true)));
        assert_eq!(change("-disable -service=x"), Ok(Some(false)));
        assert_eq!(change("-enable -disable"), Err("Only one of -enable or -disable may be provided".to_owned()));
        assert_eq!(change("-disable -reason=x"), Err("Reason may only be provided with -enable".to_owned()));
        assert_eq!(change("-service=x"), Err("Service requires either -enable or -disable".to_owned()));
    }
}
