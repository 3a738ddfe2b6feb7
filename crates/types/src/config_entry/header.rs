//! Changes of HTTP headers on their way (1.11).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::is_default;

/// What is done to the headers of a request or an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HeaderModifiers {
    /// Values added to those there are.
    #[serde(skip_serializing_if = "is_default")]
    pub add: BTreeMap<String, String>,
    /// Values in the place of those there are.
    #[serde(skip_serializing_if = "is_default")]
    pub set: BTreeMap<String, String>,
    /// Headers taken away.
    #[serde(skip_serializing_if = "is_default")]
    pub remove: Vec<String>,
}

impl HeaderModifiers {
    /// These changes where they are made, and the others' where they are not: Consul's way of joining two steps into one.
    #[must_use]
    pub fn over(&self, defaults: &Self) -> Self {
        let over = |own: &BTreeMap<String, String>, others: &BTreeMap<String, String>| {
            others.iter().chain(own).map(|(name, value)| (name.clone(), value.clone())).collect()
        };
        let mut remove = self.remove.clone();
        remove.extend(defaults.remove.iter().filter(|name| !self.remove.contains(name)).cloned());
        Self { add: over(&self.add, &defaults.add), set: over(&self.set, &defaults.set), remove }
    }
}
