//! `kv export`: a tree as JSON that `kv import` reads.

use anyhow::Context;
use proconsul_api::Method;
use serde::{Deserialize, Serialize};

use super::{CONNECTION, Pair, found, only_key, path, trimmed};
use crate::command::{Call, Command, Exit};
use crate::{connection, json};

pub(crate) const COMMAND: Command = Command {
    words: "kv export",
    usage: "[KEY_OR_PREFIX]",
    synopsis: "Exports a tree from the KV store as JSON",
    about: "  Prints all keys that begin with the prefix, with their flags and values, as JSON.

      $ consul kv export foo/",
    connection: CONNECTION,
    flags: || connection::NAMESPACE,
    run,
};

/// One key of an exported tree; the value is in base 64.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Exported {
    pub(super) key: String,
    #[serde(default)]
    pub(super) flags: u64,
    #[serde(default)]
    pub(super) value: String,
}

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let prefix = trimmed(only_key(&call.given.rest)?.unwrap_or_default());
    let api = connection::api(&call.given)?;
    let answer = api.ask(&Method::GET, &path(prefix), &[("recurse", String::new())], Vec::new());
    let pairs: Vec<Pair> = match found(answer).context("Error querying Consul agent")? {
        Some(answer) => answer.json()?,
        None => Vec::new(),
    };
    call.out.say(&exported(pairs)?);
    Ok(Exit::Success)
}

/// Indented with tabs, as Consul writes it.
fn exported(pairs: Vec<Pair>) -> anyhow::Result<String> {
    let pairs = pairs.into_iter().map(|pair| Exported {
        key: pair.key,
        flags: pair.flags,
        value: pair.value.unwrap_or_default(),
    });
    let mut text = Vec::new();
    let form = serde_json::ser::PrettyFormatter::with_indent(b"\t");
    pairs.collect::<Vec<_>>().serialize(&mut serde_json::Serializer::with_formatter(&mut text, form))?;
    Ok(json::escaped(&String::from_utf8(text)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_written_with_tabs_and_empty_values_as_texts() {
        let json = r#"[{"LockIndex":0,"Key":"a","Flags":3,"Value":null,"CreateIndex":1,"ModifyIndex":1}]"#;
        let pairs = serde_json::from_str(json).unwrap();
        assert_eq!(
            exported(pairs).unwrap(),
            "[\n\t{\n\t\t\"key\": \"a\",\n\t\t\"flags\": 3,\n\t\t\"value\": \"\"\n\t}\n]"
        );
        assert_eq!(exported(Vec::new()).unwrap(), "[]");
    }
}
