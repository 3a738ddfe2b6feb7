//! `config write`: a config entry from HCL or JSON. What its fields mean is the agent's to judge.

use anyhow::{Context, anyhow, bail};
use proconsul_agent::flag::{Flag, Given, Takes};
use proconsul_api::{Api, ApiError, Method};
use proconsul_hcl::Format;
use serde_json::Value;

use super::{CONNECTION, api};
use crate::argument;
use crate::command::{Call, Command, Exit};
use crate::document;

pub(crate) const COMMAND: Command = Command {
    words: "config write",
    usage: "[options] <configuration>",
    synopsis: "Writes a config entry",
    about: "  Makes a config entry, or puts another in its place, from a file of HCL or JSON, or from
  standard input (-).

    $ consul config write web.service.hcl",
    connection: CONNECTION,
    flags: || FLAGS,
    run,
};

const FLAGS: &[Flag] = &[
    Flag {
        name: "cas",
        takes: Takes::Switch,
        doc: "Writes only if the entry is unchanged since -modify-index.",
        default: "false",
    },
    Flag { name: "modify-index", takes: Takes::Unsigned, doc: "The ModifyIndex that -cas expects.", default: "" },
];

/// How the agent begins when it cannot read the entry.
const UNREADABLE: &str = "Bad request: Request decoding failed: ";

const DECODE: &str = "Failed to decode config entry input";

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let [name] = call.given.rest.as_slice() else {
        bail!("Must provide exactly one positional argument to specify the config entry to write")
    };
    let text = argument::document(name).context("Failed to load data")?;
    let entry = entry(&text).context(DECODE)?;
    let label = format!("{}/{}", label(&entry, ["Kind", "kind"]), label(&entry, ["Name", "name"]));
    if !write(&api(&call.given)?, &call.given, &entry).map_err(|error| refused(error, &label))? {
        bail!("Config entry not updated: {label}");
    }
    call.out.say(&format!("Config entry written: {label}"));
    Ok(Exit::Success)
}

/// The entry as JSON, of which only its kind is known here.
fn entry(text: &str) -> anyhow::Result<Value> {
    let object = proconsul_hcl::read(text, Format::guess(text)).context(DECODE)?;
    let entry = Value::Object(document::map(&object));
    match entry.get("Kind").or_else(|| entry.get("kind")) {
        None => bail!("Payload does not contain a kind/Kind key at the top level"),
        Some(Value::String(_)) => Ok(entry),
        Some(_) => bail!("Kind value in payload is not a string"),
    }
}

fn label<'a>(entry: &'a Value, spelled: [&str; 2]) -> &'a str {
    spelled.into_iter().find_map(|name| entry.get(name)?.as_str()).unwrap_or_default()
}

fn write(api: &Api, given: &Given, entry: &Value) -> Result<bool, ApiError> {
    let cas = given.switch("cas").then(|| ("cas", given.unsigned("modify-index").unwrap_or(0).to_string()));
    let query: Vec<(&str, String)> = cas.into_iter().collect();
    api.ask(&Method::PUT, "/v1/config", &query, entry.to_string())?.truth()
}

/// Consul's client reads the fields itself; here the agent does, and its text is shown as if it were the client's.
fn refused(error: ApiError, label: &str) -> anyhow::Error {
    let ApiError::Status { text, .. } = &error else {
        return anyhow::Error::new(error).context(format!("Error writing config entry {label}"));
    };
    match text.strip_prefix(UNREADABLE) {
        Some(what) => anyhow!("{DECODE}: {what}"),
        None => anyhow::Error::new(error).context(format!("Error writing config entry {label}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_needs_a_kind_that_is_a_text() {
        for (text, expected) in [
            ("Name = \"web\"", "Payload does not contain a kind/Kind key at the top level"),
            ("Kind = 3", "Kind value in payload is not a string"),
        ] {
            assert_eq!(entry(text).unwrap_err().to_string(), expected);
        }
        let entry = entry("kind = \"proxy-defaults\" name = \"global\" config { a = 1 }").unwrap();
        assert_eq!(entry.to_string(), r#"{"config":{"a":1},"kind":"proxy-defaults","name":"global"}"#);
    }

    #[test]
    fn what_the_agent_cannot_read_is_told_as_if_it_had_been_read_here() {
        let error = |text: &str| ApiError::Status { code: 400, text: text.to_owned() };
        let shown = |text| format!("{:#}", refused(error(text), "a/b"));
        assert_eq!(shown("Bad request: Request decoding failed: x"), "Failed to decode config entry input: x");
        assert_eq!(shown("no"), "Error writing config entry a/b: Unexpected response code: 400 (no)");
    }
}
