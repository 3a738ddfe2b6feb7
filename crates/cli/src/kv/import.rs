//! `kv import`: writes a tree that `kv export` has printed.

use anyhow::{Context, bail};
use proconsul_api::{Answer, Method};

use super::export::Exported;
use super::{CONNECTION, decoded, path};
use crate::argument;
use crate::command::{Call, Command, Exit};
use crate::connection;

pub(crate) const COMMAND: Command = Command {
    words: "kv import",
    usage: "[DATA]",
    synopsis: "Imports a tree stored as JSON to the KV store",
    about: "  Writes every key of the JSON given on the command line, in a file (@name) or on
  standard input (-).

      $ consul kv import @tree.json",
    connection: CONNECTION,
    flags: || connection::NAMESPACE,
    run,
};

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let pairs = match call.given.rest.as_slice() {
        [] => bail!("Error! Missing DATA argument"),
        [argument] if argument.is_empty() => bail!("Error! Empty DATA argument"),
        [argument] => read(&argument::data(argument).map_err(|error| anyhow::anyhow!("Error! {error:#}"))?)?,
        more => bail!("Error! Too many arguments (expected 1, got {})", more.len()),
    };
    let api = connection::api(&call.given)?;
    for (Exported { key, flags, .. }, value) in pairs {
        let query = [("flags", flags.to_string())];
        let query = if flags == 0 { &query[..0] } else { &query[..] };
        let done = api.ask(&Method::PUT, &path(&key), query, value).and_then(Answer::truth);
        if !done.with_context(|| format!("Error! Failed writing data for key {key}"))? {
            bail!("Error! Did not write to {key}");
        }
        call.out.say(&format!("Imported: {key}"));
    }
    Ok(Exit::Success)
}

/// All pairs with their values, so that nothing is written when one of them cannot be read.
fn read(text: &[u8]) -> anyhow::Result<Vec<(Exported, Vec<u8>)>> {
    let pairs: Vec<Exported> = serde_json::from_slice(text).context("Cannot unmarshal data")?;
    let with_value = |pair: Exported| {
        let value = decoded(pair.value.as_bytes());
        let value = value.with_context(|| format!("Error base 64 decoding value for key {}", pair.key))?;
        Ok((pair, value))
    };
    pairs.into_iter().map(with_value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_unreadable_value_refuses_the_whole_tree() {
        let pairs = read(br#"[{"key":"a","flags":3,"value":"aGk="},{"key":"b"}]"#).unwrap();
        assert_eq!((pairs[0].1.as_slice(), pairs[1].1.as_slice()), (b"hi".as_slice(), b"".as_slice()));
        let error = read(br#"[{"key":"a","value":"aGk="},{"key":"b","value":"!!"}]"#).unwrap_err();
        assert!(format!("{error:#}").starts_with("Error base 64 decoding value for key b: "));
        assert!(format!("{:#}", read(b"xx").unwrap_err()).starts_with("Cannot unmarshal data: "));
    }
}
