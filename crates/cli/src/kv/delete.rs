//! `kv delete`: removes one key, or all below a prefix.

use anyhow::{Context, bail};
use proconsul_agent::flag::{Flag, Given, Takes};
use proconsul_api::{Answer, Method};

use super::{CONNECTION, only_key, path, trimmed};
use crate::command::{Call, Command, Exit};
use crate::connection;

pub(crate) const COMMAND: Command = Command {
    words: "kv delete",
    usage: "[options] KEY_OR_PREFIX",
    synopsis: "Removes data from the KV store",
    about: "  Removes a key, or with -recurse every key that begins with the prefix. It is no error
  when there is none.

      $ consul kv delete foo
      $ consul kv delete -recurse foo/",
    connection: CONNECTION,
    flags: || FLAGS,
    run,
};

const FLAGS: &[Flag] = &[
    Flag {
        name: "cas",
        takes: Takes::Switch,
        doc: "Removes only if the key is unchanged since -modify-index.",
        default: "false",
    },
    Flag { name: "modify-index", takes: Takes::Unsigned, doc: "The ModifyIndex that -cas expects.", default: "" },
    Flag {
        name: "recurse",
        takes: Takes::Switch,
        doc: "Removes all keys that begin with the prefix.",
        default: "false",
    },
    connection::NAMESPACE[0],
];

/// What is to be removed.
#[derive(Debug)]
enum Arguments {
    Key { key: String, unchanged: Option<u64> },
    Tree(String),
}

impl Arguments {
    fn read(given: &Given) -> anyhow::Result<Self> {
        let (cas, recurse) = (given.switch("cas"), given.switch("recurse"));
        let key = trimmed(only_key(&given.rest)?.unwrap_or_default()).to_owned();
        let index = given.unsigned("modify-index").unwrap_or(0);
        if key.is_empty() && !recurse {
            bail!("Error! Missing KEY argument");
        }
        match (cas, index) {
            (true, 0) => bail!("Must specify -modify-index with -cas!"),
            (false, 1..) => bail!("Cannot specify -modify-index without -cas!"),
            (true, _) if recurse => bail!("Cannot specify both -cas and -recurse!"),
            _ if recurse => Ok(Self::Tree(key)),
            _ => Ok(Self::Key { key, unchanged: cas.then_some(index) }),
        }
    }
}

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let arguments = Arguments::read(&call.given)?;
    let api = connection::api(&call.given)?;
    let delete = |key: &str, query: &[(&str, String)]| {
        api.ask(&Method::DELETE, &path(key), query, Vec::new()).and_then(Answer::truth)
    };
    match arguments {
        Arguments::Tree(prefix) => {
            let done = delete(&prefix, &[("recurse", String::new())]);
            done.with_context(|| format!("Error! Did not delete prefix {prefix}"))?;
            call.out.say(&format!("Success! Deleted keys with prefix: {prefix}"));
        }
        Arguments::Key { key, unchanged } => {
            let query: Vec<(&str, String)> = unchanged.map(|index| ("cas", index.to_string())).into_iter().collect();
            let told = || match unchanged {
                Some(_) => format!("Error! Did not delete key {key}"),
                None => format!("Error deleting key {key}"),
            };
            if !delete(&key, &query).with_context(told)? {
                bail!("Error! Did not delete key {key}: CAS failed");
            }
            call.out.say(&format!("Success! Deleted key: {key}"));
        }
    }
    Ok(Exit::Success)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_arguments_are_refused_in_consuls_words() {
        for (line, expected) in [
            ("", "Error! Missing KEY argument"),
            ("a b", "Too many arguments (expected 1, got 2)"),
            ("-cas a", "Must specify -modify-index with -cas!"),
            ("-modify-index=1 a", "Cannot specify -modify-index without -cas!"),
            ("-cas -modify-index=1 -recurse a", "Cannot specify both -cas and -recurse!"),
        ] {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            let given = proconsul_agent::flag::parse(&[FLAGS], &words).unwrap();
            assert_eq!(Arguments::read(&given).unwrap_err().to_string(), expected, "reading {line:?}");
        }
    }
}
