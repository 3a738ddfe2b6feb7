//! `config read`: one config entry as JSON.

use anyhow::Context;
use proconsul_api::{Answer, Api, Method};
use proconsul_types::config_entry::Kind;

use super::{CONNECTION, KIND, NAME, api, required};
use crate::command::{Call, Command, Exit};
use crate::json;

pub(crate) const COMMAND: Command = Command {
    words: "config read",
    usage: "[options] -kind <config kind> -name <config name>",
    synopsis: "Prints a config entry",
    about: "  Prints the config entry of this kind and name as JSON.

    $ consul config read -kind proxy-defaults -name global",
    connection: CONNECTION,
    flags: || &[KIND, NAME],
    run,
};

/// Indentation of one level.
const INDENT: &str = "    ";

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let (kind, name) = (required(&call.given, "kind")?, required(&call.given, "name")?);
    let api = api(&call.given)?;
    let answer = read(&api, kind, name).with_context(|| format!("Error reading config entry {kind}/{name}"))?;
    call.out.say(&shown(&String::from_utf8_lossy(answer.body())));
    Ok(Exit::Success)
}

/// The agent is not asked for a kind that does not exist.
fn read(api: &Api, kind: &str, name: &str) -> anyhow::Result<Answer> {
    let kind: Kind = kind.parse()?;
    Ok(api.tell(&Method::GET, &format!("/v1/config/{kind}/{name}"), &[], Vec::new())?)
}

/// The entry with a line for each field. Empty texts of the entry itself are left out, as Consul's client leaves them out.
fn shown(entry: &str) -> String {
    let text = json::indented(entry, INDENT);
    let is_empty = |line: &str| line.starts_with("    \"") && line.ends_with("\": \"\",");
    text.lines().filter(|line| !is_empty(line)).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_shown_without_its_own_empty_texts() {
        let entry =
            r#"{"Kind":"service-defaults","Name":"a","Protocol":"","Expose":{"Paths":[{"Path":""}]},"CreateIndex":1}"#;
        let expected = "{\n    \"Kind\": \"service-defaults\",\n    \"Name\": \"a\",\n    \"Expose\": {\n        \"Paths\": [\n            {\n                \"Path\": \"\"\n            }\n        ]\n    },\n    \"CreateIndex\": 1\n}";
        assert_eq!(shown(entry), expected);
    }
}
