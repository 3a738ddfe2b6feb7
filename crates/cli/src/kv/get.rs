//! `kv get`: one value, or keys and values below a prefix.

use anyhow::{Context, bail};
use proconsul_agent::flag::{Flag, Given, Takes};
use proconsul_api::{Api, Method};
use proconsul_base::text::table;

use super::{CONNECTION, Pair, found, only_key, path, trimmed};
use crate::command::{Call, Command, Exit};
use crate::connection;
use crate::out::Out;

pub(crate) const COMMAND: Command = Command {
    words: "kv get",
    usage: "[options] [KEY_OR_PREFIX]",
    synopsis: "Retrieves or lists data from the KV store",
    about: "  Prints the value of a key, everything known about it with -detailed, the keys and
  values below a prefix with -recurse, or only the keys with -keys.

      $ consul kv get foo
      $ consul kv get -recurse foo/",
    connection: CONNECTION,
    flags: || FLAGS,
    run,
};

const FLAGS: &[Flag] = &[
    Flag { name: "base64", takes: Takes::Switch, doc: "Prints values in base 64.", default: "false" },
    Flag { name: "detailed", takes: Takes::Switch, doc: "Prints everything known about the key.", default: "false" },
    Flag { name: "keys", takes: Takes::Switch, doc: "Lists the keys that begin with the prefix.", default: "false" },
    Flag {
        name: "recurse",
        takes: Takes::Switch,
        doc: "Prints all keys that begin with the prefix.",
        default: "false",
    },
    Flag {
        name: "separator",
        takes: Takes::Text("string"),
        doc: "With -keys, lists keys only up to this text after the prefix.",
        default: "/",
    },
    connection::NAMESPACE[0],
];

/// What is asked for.
struct Arguments {
    key: String,
    base64: bool,
    detailed: bool,
    keys: bool,
    recurse: bool,
    separator: String,
}

impl Arguments {
    fn read(given: &Given) -> anyhow::Result<Self> {
        let key = trimmed(only_key(&given.rest)?.unwrap_or_default()).to_owned();
        let arguments = Self {
            key,
            base64: given.switch("base64"),
            detailed: given.switch("detailed"),
            keys: given.switch("keys"),
            recurse: given.switch("recurse"),
            separator: given.text("separator").unwrap_or("/").to_owned(),
        };
        if arguments.key.is_empty() && !arguments.keys && !arguments.recurse {
            bail!("Error! Missing KEY argument");
        }
        Ok(arguments)
    }
}

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let arguments = Arguments::read(&call.given)?;
    let api = connection::api(&call.given)?;
    if arguments.keys {
        return list_keys(&arguments, &api, call.out);
    }
    let query: &[(&str, String)] = if arguments.recurse { &[("recurse", String::new())] } else { &[] };
    let answer = api.ask(&Method::GET, &path(&arguments.key), query, Vec::new());
    let pairs: Vec<Pair> = match found(answer).context("Error querying Consul agent")? {
        Some(answer) => answer.json()?,
        None if arguments.recurse => Vec::new(),
        None => bail!("Error! No key exists at: {}", arguments.key),
    };
    for (place, pair) in pairs.iter().enumerate() {
        if arguments.detailed && place > 0 {
            call.out.bytes(b"");
        }
        call.out.bytes(&shown(&arguments, pair)?);
    }
    Ok(Exit::Success)
}

fn list_keys(arguments: &Arguments, api: &Api, out: &mut Out) -> anyhow::Result<Exit> {
    let query = [("keys", String::new()), ("separator", arguments.separator.clone())];
    let query = if arguments.separator.is_empty() { &query[..1] } else { &query[..] };
    let answer = api.ask(&Method::GET, &path(&arguments.key), query, Vec::new());
    let Some(answer) = found(answer).context("Error querying Consul agent")? else { return Ok(Exit::Success) };
    let keys: Vec<String> = answer.json()?;
    keys.iter().for_each(|key| out.say(key));
    Ok(Exit::Success)
}

/// One key as it is printed. Values are bytes and are printed as they are.
fn shown(arguments: &Arguments, pair: &Pair) -> anyhow::Result<Vec<u8>> {
    let value = if arguments.base64 { pair.value.clone().unwrap_or_default().into_bytes() } else { pair.bytes()? };
    let before = match (arguments.detailed, arguments.recurse) {
        (true, _) if value.is_empty() => details(pair).trim_end().to_owned(),
        (true, _) => details(pair),
        (false, true) => format!("{}:", pair.key),
        (false, false) => String::new(),
    };
    Ok([before.as_bytes(), &value].concat())
}

/// Everything known about a key, up to where its value begins.
fn details(pair: &Pair) -> String {
    let rows = [
        ("CreateIndex", pair.create_index.to_string()),
        ("Flags", pair.flags.to_string()),
        ("Key", pair.key.clone()),
        ("LockIndex", pair.lock_index.to_string()),
        ("ModifyIndex", pair.modify_index.to_string()),
        ("Session", pair.session.clone().unwrap_or_else(|| "-".to_owned())),
        ("Value", String::new()),
    ];
    let rows = rows.map(|(name, value)| [name.to_owned(), value]);
    table::columns(&rows, 6).trim_end_matches('\n').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(words: &[&str], expected: &str) {
        let json =
            r#"[{"LockIndex":0,"Key":"foo/bar","Flags":42,"Value":"aGVsbG8=","CreateIndex":74,"ModifyIndex":75}]"#;
        let pairs: Vec<Pair> = serde_json::from_str(json).unwrap();
        let words: Vec<String> = words.iter().chain(&["foo/bar"]).map(|word| (*word).to_owned()).collect();
        let given = proconsul_agent::flag::parse(&[FLAGS], &words).unwrap();
        let shown = shown(&Arguments::read(&given).unwrap(), &pairs[0]).unwrap();
        assert_eq!(String::from_utf8(shown).unwrap(), expected);
    }

    #[test]
    fn a_key_is_printed_in_consuls_shapes() {
        check(&[], "hello");
        check(&["-base64"], "aGVsbG8=");
        check(&["-recurse"], "foo/bar:hello");
        check(
            &["-detailed"],
            "CreateIndex      74\nFlags            42\nKey              foo/bar\nLockIndex        0\n\
             ModifyIndex      75\nSession          -\nValue            hello",
        );
    }

    #[test]
    fn a_key_is_needed_unless_a_tree_is_asked_for() {
        let read = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            Arguments::read(&proconsul_agent::flag::parse(&[FLAGS], &words).unwrap()).map(|arguments| arguments.key)
        };
        assert_eq!(read(&[]).unwrap_err().to_string(), "Error! Missing KEY argument");
        assert_eq!(read(&["a", "b"]).unwrap_err().to_string(), "Too many arguments (expected 1, got 2)");
        assert_eq!(read(&["-keys"]).unwrap(), "");
        assert_eq!(read(&["/a/b"]).unwrap(), "a/b");
    }
}
