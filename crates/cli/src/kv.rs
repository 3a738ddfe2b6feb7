//! `kv`: what its commands have in common.

pub(crate) mod delete;
pub(crate) mod export;
pub(crate) mod get;
pub(crate) mod import;
pub(crate) mod put;

use std::fs;
use std::io::{self, Read};

use anyhow::{Context, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proconsul_agent::flag::Flag;
use serde::Deserialize;

use crate::connection::{self, open_error};

/// The flags of the connection that all of them have.
const CONNECTION: &[&[Flag]] = &[connection::CLIENT, connection::SERVER];

/// One key as the API shows it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Pair {
    key: String,
    flags: u64,
    value: Option<String>,
    session: Option<String>,
    lock_index: u64,
    create_index: u64,
    modify_index: u64,
}

impl Pair {
    /// The value as it was written.
    fn bytes(&self) -> anyhow::Result<Vec<u8>> {
        let text = self.value.as_deref().unwrap_or_default();
        STANDARD.decode(text).with_context(|| format!("the agent's answer for {} is not readable", self.key))
    }
}

/// A key without the slash that some put before it; keys do not begin with one.
fn trimmed(key: &str) -> &str {
    key.strip_prefix('/').unwrap_or(key)
}

/// `/v1/kv/<key>`
fn path(key: &str) -> String {
    format!("/v1/kv/{key}")
}

/// The one key that a command takes; `None` when it is not given.
fn only_key(rest: &[String]) -> anyhow::Result<Option<&str>> {
    if rest.len() > 1 {
        bail!("Too many arguments (expected 1, got {})", rest.len());
    }
    Ok(rest.first().map(String::as_str))
}

/// Data given on the command line: as it is, `@file`, or `-` for standard input.
fn data(argument: &str) -> anyhow::Result<Vec<u8>> {
    match argument.strip_prefix('@') {
        Some(file) => fs::read(file).map_err(|error| open_error(file, &error)).context("Failed to read file"),
        None if argument == "-" => {
            let mut bytes = Vec::new();
            io::stdin().read_to_end(&mut bytes).context("Failed to read stdin")?;
            Ok(bytes)
        }
        None => Ok(argument.as_bytes().to_vec()),
    }
}
