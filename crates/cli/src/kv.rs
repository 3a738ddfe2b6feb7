//! `kv`: what its commands have in common.

pub(crate) mod delete;
pub(crate) mod export;
pub(crate) mod get;
pub(crate) mod import;
pub(crate) mod put;

use anyhow::{Context, anyhow, bail};
use base64::engine::general_purpose::STANDARD;
use base64::{DecodeError, Engine};
use proconsul_agent::flag::Flag;
use proconsul_api::{Answer, ApiError};
use serde::Deserialize;

use crate::connection;

/// The flags of the connection that all of them have.
const CONNECTION: &[&[Flag]] = connection::BOTH;

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

/// What is at a path, or `None`. Consul's client does not tell here why it was refused.
fn found(answer: Result<Answer, ApiError>) -> anyhow::Result<Option<Answer>> {
    match answer.and_then(Answer::found) {
        Err(ApiError::Status { code, .. }) => bail!("Unexpected response code: {code}"),
        found => Ok(found?),
    }
}

/// A value in base 64; a mistake is told in Go's words. Line ends may stand anywhere in it.
fn decoded(text: &[u8]) -> anyhow::Result<Vec<u8>> {
    let text: Vec<u8> = text.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    STANDARD.decode(&text).map_err(|error| {
        let place = match error {
            DecodeError::InvalidByte(place, _) | DecodeError::InvalidLastSymbol { offset: place, .. } => place,
            // Go names the first group of four that is not whole.
            DecodeError::InvalidLength(_) | DecodeError::InvalidPadding => text.len() / 4 * 4,
        };
        anyhow!("illegal base64 data at input byte {place}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_64_is_read_as_go_reads_it() {
        assert_eq!(decoded(b"aGVs\nbG8=\n").unwrap(), b"hello");
        for (text, place) in [("!!", 0), ("aG!s", 2), ("aGVsb", 4)] {
            let expected = format!("illegal base64 data at input byte {place}");
            assert_eq!(decoded(text.as_bytes()).unwrap_err().to_string(), expected, "{text}");
        }
    }
}
