//! `config`: what its commands have in common.

pub(crate) mod delete;
pub(crate) mod list;
pub(crate) mod read;
pub(crate) mod write;

use anyhow::{Context, bail};
use proconsul_agent::flag::{Flag, Given, Takes};
use proconsul_api::Api;

use crate::connection;

/// The flags of the connection that all of them have.
const CONNECTION: &[&[Flag]] = &[connection::CLIENT, connection::SERVER, connection::NAMESPACE];

const KIND: Flag = Flag { name: "kind", takes: Takes::Text("string"), doc: "Kind of the config entry.", default: "" };

const NAME: Flag = Flag { name: "name", takes: Takes::Text("string"), doc: "Name of the config entry.", default: "" };

/// The text of a flag that must be given.
fn required<'a>(given: &'a Given, flag: &str) -> anyhow::Result<&'a str> {
    match given.text(flag) {
        Some(text) if !text.is_empty() => Ok(text),
        _ => bail!("Must specify the -{flag} parameter"),
    }
}

fn api(given: &Given) -> anyhow::Result<Api> {
    connection::open(given).context("Error connect to Consul agent")
}
