//! `intention create`: allows or denies connections between services.

use std::fs::File;
use std::io::{self, Read};

use anyhow::{Context, bail};
use proconsul_agent::flag::{Flag, Given, Takes};
use proconsul_api::{Api, Method};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Intention, PATH, find};
use crate::argument;
use crate::command::{Call, Command, Exit};
use crate::connection::{self, open_error};
use crate::out::Out;

pub(crate) const COMMAND: Command = Command {
    words: "intention create",
    usage: "[options] SRC DST | -file FILE...",
    synopsis: "Allows or denies connections between services",
    about: "  Makes an intention from SRC to DST that allows connections, or with -deny denies them. With
  -file, makes one for each file of JSON; - is standard input. With -replace, an intention
  that is there already gives way; nothing of it is kept.

      $ consul intention create -deny web db",
    connection: connection::BOTH,
    flags: || FLAGS,
    run,
};

const FLAGS: &[Flag] = &[
    Flag { name: "allow", takes: Takes::Switch, doc: "Allows connections.", default: "true" },
    Flag { name: "deny", takes: Takes::Switch, doc: "Denies connections.", default: "false" },
    Flag { name: "file", takes: Takes::Switch, doc: "Reads intentions from files.", default: "false" },
    Flag {
        name: "meta",
        takes: Takes::Text("key=value"),
        doc: "Metadata of the intention. May be given more than once.",
        default: "",
    },
    Flag { name: "replace", takes: Takes::Switch, doc: "Replaces an intention of the same ends.", default: "false" },
];

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let meta = argument::pairs(&call.given, "meta")?;
    let action = match (call.given.switch("allow"), call.given.switch("deny")) {
        (true, true) => bail!("Only one of -allow or -deny may be specified."),
        (false, true) => "deny",
        _ => "allow",
    };
    let documents = if call.given.switch("file") {
        call.given.rest.iter().map(|path| from_file(path)).collect::<anyhow::Result<Vec<_>>>()
    } else {
        from_arguments(&call.given).map(|mut document| {
            document["Action"] = action.into();
            if !meta.is_empty() {
                document["Meta"] = json!(meta);
            }
            vec![document]
        })
    };
    let documents = documents.context("Error")?;
    let api = connection::api(&call.given)?;
    for document in documents {
        create(&api, document, call.given.switch("replace"), call.out)?;
    }
    Ok(Exit::Success)
}

fn from_arguments(given: &Given) -> anyhow::Result<Value> {
    let [source, destination] = given.rest.as_slice() else {
        bail!("Must specify two arguments: source and destination")
    };
    let (source_ns, source) = target(source).context("Invalid intention source")?;
    let (destination_ns, destination) = target(destination).context("Invalid intention destination")?;
    Ok(json!({
        "SourceNS": source_ns,
        "SourceName": source,
        "DestinationNS": destination_ns,
        "DestinationName": destination,
        "SourceType": "consul",
    }))
}

/// Namespace and name of `namespace/name`; which namespace an empty one is, the agent knows.
fn target(text: &str) -> anyhow::Result<(&str, &str)> {
    match text.split_once('/') {
        None => Ok(("", text)),
        Some((_, name)) if name.contains('/') => bail!("target can contain at most one '/'"),
        Some(parts) => Ok(parts),
    }
}

fn from_file(path: &str) -> anyhow::Result<Value> {
    let mut text = String::new();
    let read = if path == "-" {
        io::stdin().read_to_string(&mut text)
    } else {
        File::open(path).and_then(|mut file| file.read_to_string(&mut text))
    };
    read.map_err(|error| open_error(path, &error))?;
    serde_json::from_str(&text).with_context(|| format!("{path} holds no intention"))
}

fn create(api: &Api, mut document: Value, replace: bool, out: &mut Out) -> anyhow::Result<()> {
    let intention = Intention::deserialize(&document).context("Error")?;
    let (source, destination) = (intention.source(), intention.destination());
    if replace {
        let found = find::exact(api, &source, &destination).with_context(|| {
            format!("Error looking up intention for replacement with source {source:?} and destination {destination:?}")
        })?;
        if let Some(old) = found {
            document["ID"] = old.id.as_str().into();
            let done = api.tell(&Method::PUT, &format!("{PATH}/{}", old.id), &[], document.to_string());
            done.with_context(|| {
                format!("Error replacing intention with source {source:?} and destination {destination:?}")
            })?;
            return Ok(());
        }
    }
    let done = api.tell(&Method::POST, PATH, &[], document.to_string());
    done.with_context(|| format!("Error creating intention \"{intention}\""))?;
    out.say(&format!("Created: {intention}"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_may_name_their_namespace() {
        assert_eq!(target("web").unwrap(), ("", "web"));
        assert_eq!(target("a/web").unwrap(), ("a", "web"));
        assert_eq!(target("a/b/c").unwrap_err().to_string(), "target can contain at most one '/'");
    }
}
