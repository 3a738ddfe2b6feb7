//! `catalog`: what its commands have in common.

pub(crate) mod datacenters;
pub(crate) mod nodes;
pub(crate) mod services;

use proconsul_agent::flag::{Flag, Given, Takes};

use crate::argument;

/// `-node-meta`, which some of them have.
const NODE_META: Flag = Flag {
    name: "node-meta",
    takes: Takes::Text("key=value"),
    doc: "Counts only nodes with this metadata. May be given more than once; nodes must have all of it.",
    default: "",
};

/// The parameters that `-node-meta` stands for.
fn node_meta(given: &Given) -> anyhow::Result<Vec<(&'static str, String)>> {
    let pairs = argument::pairs(given, NODE_META.name)?;
    Ok(pairs.into_iter().map(|(key, value)| ("node-meta", format!("{key}:{value}"))).collect())
}
