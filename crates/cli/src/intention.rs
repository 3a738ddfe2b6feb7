//! `intention`: what its commands have in common.

pub(crate) mod check;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod find;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod matching;

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

/// Where all of them are.
const PATH: &str = "/v1/connect/intentions";

/// An intention as the API shows it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[derive(Default)]
struct Intention {
    #[serde(rename = "ID")]
    id: String,
    #[serde(rename = "SourceNS")]
    source_ns: String,
    source_name: String,
    #[serde(rename = "DestinationNS")]
    destination_ns: String,
    destination_name: String,
    action: String,
    description: String,
    meta: Option<BTreeMap<String, String>>,
    precedence: u64,
    created_at: String,
}

impl Intention {
    fn source(&self) -> String {
        named(&self.source_ns, &self.source_name)
    }

    fn destination(&self) -> String {
        named(&self.destination_ns, &self.destination_name)
    }
}

impl fmt::Display for Intention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} => {} ({})", self.source(), self.destination(), self.action)
    }
}

/// The namespace `default` is not shown.
fn named(namespace: &str, name: &str) -> String {
    if matches!(namespace, "" | "default") { name.to_owned() } else { format!("{namespace}/{name}") }
}
