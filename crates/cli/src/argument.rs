//! What commands read from the words after their flags, and from flags of more than one part. Knows no command.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};

use anyhow::{Context, bail};
use proconsul_agent::flag::Given;

use crate::connection::open_error;

/// For commands that take no words at all.
pub(crate) fn none(given: &Given) -> anyhow::Result<()> {
    if given.rest.is_empty() {
        return Ok(());
    }
    bail!("Too many arguments (expected 0, got {})", given.rest.len())
}

/// The pairs `key=value` of a flag that may be given often; of one key the last counts.
pub(crate) fn pairs(given: &Given, flag: &str) -> anyhow::Result<BTreeMap<String, String>> {
    let pair = |text: &str| match text.split_once('=') {
        Some((key, value)) => Ok((key.to_owned(), value.to_owned())),
        None => bail!("invalid value {text:?} for flag -{flag}: Missing \"=\" value in argument: {text}"),
    };
    given.all(flag).map(pair).collect()
}

/// Data given on the command line: as it is, `@file`, or `-` for standard input.
pub(crate) fn data(argument: &str) -> anyhow::Result<Vec<u8>> {
    match argument.strip_prefix('@') {
        Some(file) => file_bytes(file),
        None if argument == "-" => stdin_bytes(),
        None => Ok(argument.as_bytes().to_vec()),
    }
}

/// A text from a file, or from standard input when the name is `-`.
pub(crate) fn document(name: &str) -> anyhow::Result<String> {
    let bytes = match name {
        "" => bail!("Failed to load data: must specify a file path or '-' for stdin"),
        "-" => stdin_bytes()?,
        file => file_bytes(file)?,
    };
    String::from_utf8(bytes).context("it is no text in UTF-8")
}

fn file_bytes(file: &str) -> anyhow::Result<Vec<u8>> {
    fs::read(file).map_err(|error| open_error(file, &error)).context("Failed to read file")
}

fn stdin_bytes() -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes).context("Failed to read stdin")?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use proconsul_agent::flag::{Flag, Takes, parse};

    use super::*;

    const FLAGS: &[Flag] = &[Flag { name: "meta", takes: Takes::Text("key=value"), doc: "", default: "" }];

    #[test]
    fn pairs_are_split_at_their_first_equals_sign() {
        let given = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            parse(&[FLAGS], &words).unwrap()
        };
        let meta = pairs(&given(&["-meta=a=1=2", "-meta", "b=", "-meta=a=3"]), "meta").unwrap();
        assert_eq!(meta, [("a".to_owned(), "3".to_owned()), ("b".to_owned(), String::new())].into());
        let error = pairs(&given(&["-meta=x"]), "meta").unwrap_err().to_string();
        assert_eq!(error, "invalid value \"x\" for flag -meta: Missing \"=\" value in argument: x");
    }
}
