//! `event`: tells something to all agents, or to some.

use anyhow::{Context, anyhow, bail};
use proconsul_agent::flag::{Flag, Given, Takes};
use proconsul_api::Method;
use proconsul_filter::pattern;
use serde::Deserialize;

use crate::command::{Call, Command, Exit, Misuse};
use crate::connection;

pub(crate) const COMMAND: Command = Command {
    words: "event",
    usage: "[options] [payload]",
    synopsis: "Fires an event",
    about: "  Tells an event to every agent of the datacenter, or to those that the filters let
  through. An event has a name and may carry a short payload.

      $ consul event -name=deploy -service=web 1609030",
    connection: &[connection::CLIENT],
    flags: || FLAGS,
    run,
};

const FLAGS: &[Flag] = &[
    Flag { name: "name", takes: Takes::Text("string"), doc: "Name of the event.", default: "" },
    Flag {
        name: "node",
        takes: Takes::Text("string"),
        doc: "Regular expression; only nodes with such a name are told.",
        default: "",
    },
    Flag {
        name: "service",
        takes: Takes::Text("string"),
        doc: "Regular expression; only agents with such a service are told.",
        default: "",
    },
    Flag {
        name: "tag",
        takes: Takes::Text("string"),
        doc: "Regular expression for a tag of the service; needs -service.",
        default: "",
    },
];

/// The part of the agent's answer that is printed.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Fired {
    #[serde(rename = "ID")]
    id: String,
}

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let Some(name) = filled(&call.given, "name") else { bail!(Misuse::Explained("Event name must be specified")) };
    let filters = filters(&call.given)?;
    let payload = match call.given.rest.as_slice() {
        [] => String::new(),
        [payload] => payload.clone(),
        _ => bail!(Misuse::Explained("Too many command line arguments.")),
    };
    let api = connection::api(&call.given)?;
    connection::node_name(&api).context("Error querying Consul agent")?;
    let answer = api.tell(&Method::PUT, &format!("/v1/event/fire/{name}"), &filters, payload);
    let fired: Fired = answer.and_then(|answer| answer.json()).context("Error firing event")?;
    call.out.say(&format!("Event ID: {}", fired.id));
    Ok(Exit::Success)
}

fn filled<'a>(given: &'a Given, flag: &str) -> Option<&'a str> {
    given.text(flag).filter(|text| !text.is_empty())
}

/// The filters as parameters; each was compiled once, so that a mistake is told before anybody is asked.
fn filters(given: &Given) -> anyhow::Result<Vec<(&'static str, String)>> {
    let mut filters = Vec::new();
    for flag in ["node", "service", "tag"] {
        let Some(text) = filled(given, flag) else { continue };
        pattern::compile(text).map_err(|error| anyhow!("Failed to compile {flag} filter regexp: {error}"))?;
        filters.push((flag, text.to_owned()));
    }
    if filled(given, "tag").is_some() && filled(given, "service").is_none() {
        bail!("Cannot provide tag filter without service filter.");
    }
    Ok(filters)
}

#[cfg(test)]
mod tests {
    use proconsul_agent::flag::parse;

    use super::*;

    #[test]
    fn filters_are_compiled_before_anybody_is_asked() {
        for (words, expected) in [
            (
                ["-node=(", "-name=a"],
                "Failed to compile node filter regexp: error parsing regexp: missing closing ): `(`",
            ),
            (["-tag=a", "-name=a"], "Cannot provide tag filter without service filter."),
        ] {
            let given = parse(&[FLAGS], &words.map(str::to_owned)).unwrap();
            assert_eq!(filters(&given).unwrap_err().to_string(), expected);
        }
    }
}
