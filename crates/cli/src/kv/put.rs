//! `kv put`: writes one key, on conditions if asked.

use anyhow::{Context, bail};
use proconsul_agent::flag::{Flag, Given, Takes};
use proconsul_api::{Api, Method};

use super::{CONNECTION, decoded, path};
use crate::argument;
use crate::command::{Call, Command, Exit};
use crate::connection;

pub(crate) const COMMAND: Command = Command {
    words: "kv put",
    usage: "[options] KEY [DATA]",
    synopsis: "Sets or updates data in the KV store",
    about: "  Writes a value: from the command line, from a file (@name) or from standard input (-).
  Without DATA the value is empty.

      $ consul kv put foo 5
      $ consul kv put foo @file
      $ consul kv put -cas -modify-index=844 foo 5",
    connection: CONNECTION,
    flags: || FLAGS,
    run,
};

const FLAGS: &[Flag] = &[
    Flag { name: "acquire", takes: Takes::Switch, doc: "Locks the key for the session of -session.", default: "false" },
    Flag { name: "base64", takes: Takes::Switch, doc: "DATA is in base 64.", default: "false" },
    Flag {
        name: "cas",
        takes: Takes::Switch,
        doc: "Writes only if the key is unchanged since -modify-index.",
        default: "false",
    },
    Flag { name: "flags", takes: Takes::Unsigned, doc: "A number to keep with the value.", default: "0" },
    Flag { name: "modify-index", takes: Takes::Unsigned, doc: "The ModifyIndex that -cas expects.", default: "" },
    Flag {
        name: "release",
        takes: Takes::Switch,
        doc: "Unlocks the key, held by the session of -session.",
        default: "false",
    },
    Flag { name: "session", takes: Takes::Text("string"), doc: "The session of -acquire or -release.", default: "" },
    connection::NAMESPACE[0],
];

/// What is to be written, and when.
struct Arguments {
    key: String,
    data: Option<String>,
    base64: bool,
    flags: u64,
    condition: Condition,
}

/// On what condition.
#[derive(Clone)]
enum Condition {
    None,
    Unchanged(u64),
    Acquire(String),
    Release(String),
}

impl Arguments {
    fn read(given: &Given) -> anyhow::Result<Self> {
        let (key, data) = match given.rest.as_slice() {
            [] => bail!("Error! Missing KEY argument"),
            [key] => (key.clone(), None),
            [key, data] => (key.clone(), Some(data.clone())),
            more => bail!("Error! Too many arguments (expected 1 or 2, got {})", more.len()),
        };
        let index = given.unsigned("modify-index").unwrap_or(0);
        let session = given.text("session").unwrap_or_default().to_owned();
        let locks = given.switch("acquire") || given.switch("release");
        if locks && session.is_empty() {
            bail!("Error! Missing -session (required with -acquire and -release)");
        }
        if given.switch("cas") && index == 0 {
            bail!("Must specify -modify-index with -cas!");
        }
        let condition = match () {
            () if given.switch("cas") => Condition::Unchanged(index),
            () if given.switch("acquire") => Condition::Acquire(session),
            () if given.switch("release") => Condition::Release(session),
            () => Condition::None,
        };
        let flags = given.unsigned("flags").unwrap_or(0);
        Ok(Self { key, data, base64: given.switch("base64"), flags, condition })
    }

    fn query(&self) -> Vec<(&'static str, String)> {
        let condition = match &self.condition {
            Condition::None => None,
            Condition::Unchanged(index) => Some(("cas", index.to_string())),
            Condition::Acquire(session) => Some(("acquire", session.clone())),
            Condition::Release(session) => Some(("release", session.clone())),
        };
        let flags = (self.flags != 0).then(|| ("flags", self.flags.to_string()));
        condition.into_iter().chain(flags).collect()
    }

    fn value(&self) -> anyhow::Result<Vec<u8>> {
        let bytes = self
            .data
            .as_deref()
            .map(argument::data)
            .transpose()
            .map_err(|error| anyhow::anyhow!("Error! {error:#}"))?
            .unwrap_or_default();
        if !self.base64 {
            return Ok(bytes);
        }
        decoded(&bytes).context("Error! Cannot base 64 decode data")
    }

    /// What is said when it cannot be done.
    fn failure(&self) -> String {
        let key = &self.key;
        match self.condition {
            Condition::Unchanged(_) => format!("Error! Did not write to {key}"),
            Condition::None | Condition::Acquire(_) | Condition::Release(_) => "Error! Failed writing data".to_owned(),
        }
    }

    /// What is said when it is done, and when its condition does not hold.
    fn texts(&self) -> (String, String) {
        let key = &self.key;
        match self.condition {
            Condition::None => (format!("Success! Data written to: {key}"), format!("Error! Did not write to {key}")),
            Condition::Unchanged(_) => {
                (format!("Success! Data written to: {key}"), format!("Error! Did not write to {key}: CAS failed"))
            }
            Condition::Acquire(_) => {
                (format!("Success! Lock acquired on: {key}"), "Error! Did not acquire lock".to_owned())
            }
            Condition::Release(_) => {
                (format!("Success! Lock released on: {key}"), "Error! Did not release lock".to_owned())
            }
        }
    }
}

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let arguments = Arguments::read(&call.given)?;
    let value = arguments.value()?;
    let api = connection::api(&call.given)?;
    let done = write(&api, &arguments, value).with_context(|| arguments.failure())?;
    let (success, failure) = arguments.texts();
    if !done {
        bail!(failure);
    }
    call.out.say(&success);
    Ok(Exit::Success)
}

fn write(api: &Api, arguments: &Arguments, value: Vec<u8>) -> anyhow::Result<bool> {
    let key = &arguments.key;
    if key.starts_with('/') {
        bail!("Invalid key. Key must not begin with a '/': {key}");
    }
    Ok(api.ask(&Method::PUT, &path(key), &arguments.query(), value)?.truth()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: &str) {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let given = proconsul_agent::flag::parse(&[FLAGS], &words).unwrap();
        let shown = match Arguments::read(&given) {
            Ok(arguments) => format!(
                "{} {:?} {:?}",
                arguments.key,
                arguments.value().map_err(|error| format!("{error:#}")),
                arguments.query()
            ),
            Err(error) => error.to_string(),
        };
        assert_eq!(shown, expected, "reading {line:?}");
    }

    #[test]
    fn what_is_written_follows_from_the_arguments() {
        check("k v", "k Ok([118]) []");
        check("k", "k Ok([]) []");
        check("-flags=42 k v", "k Ok([118]) [(\"flags\", \"42\")]");
        check("-cas -modify-index=3 k v", "k Ok([118]) [(\"cas\", \"3\")]");
        check("-acquire -session=s k v", "k Ok([118]) [(\"acquire\", \"s\")]");
        check("-base64 k dg==", "k Ok([118]) []");
        check("k @/none", "k Err(\"Error! Failed to read file: open /none: no such file or directory\") []");
    }

    #[test]
    fn wrong_arguments_are_refused_in_consuls_words() {
        check("", "Error! Missing KEY argument");
        check("a b c", "Error! Too many arguments (expected 1 or 2, got 3)");
        check("-cas k v", "Must specify -modify-index with -cas!");
        check("-release k v", "Error! Missing -session (required with -acquire and -release)");
    }
}
