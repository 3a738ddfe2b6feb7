//! Intentions: who may call whom in the mesh. Decides nothing; knows which of two intentions is the more exact.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config_entry::WILDCARD;

/// The only source type there is: a service in the catalog.
pub const CONSUL: &str = "consul";

/// When an intention was made that says nothing of it: Go's zero time.
pub const NEVER: &str = "0001-01-01T00:00:00Z";

/// What an intention says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The call may be made.
    Allow,
    /// It may not.
    Deny,
}

/// A text that is no action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Action must be set to 'allow' or 'deny'")]
pub struct NoAction;

impl FromStr for Action {
    type Err = NoAction;

    fn from_str(text: &str) -> Result<Self, NoAction> {
        match text {
            "allow" => Ok(Self::Allow),
            "deny" => Ok(Self::Deny),
            _ => Err(NoAction),
        }
    }
}

/// One intention, as users see it but for its indexes. Fields and their order are those of Consul 1.8.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Intention {
    /// Its id; empty for one that came with a config entry.
    #[serde(rename = "ID")]
    pub id: String,
    /// What the user says about it.
    pub description: String,
    /// The namespace of the one who calls.
    #[serde(rename = "SourceNS")]
    pub source_ns: String,
    /// The service that calls, or any (`*`).
    pub source_name: String,
    /// The namespace of the one who is called.
    #[serde(rename = "DestinationNS")]
    pub destination_ns: String,
    /// The service that is called, or any (`*`).
    pub destination_name: String,
    /// Always [`CONSUL`].
    pub source_type: String,
    /// `allow` or `deny`; empty with permissions.
    pub action: String,
    /// Not used; kept as it was written.
    pub default_addr: String,
    /// Not used; kept as it was written.
    pub default_port: i64,
    /// What is allowed or denied request by request (1.9).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub permissions: Vec<Value>,
    /// More that the user says about it.
    pub meta: BTreeMap<String, String>,
    /// How exact the pair of names is, 1 to 9.
    pub precedence: i64,
    /// When it was made, as RFC 3339 writes it.
    pub created_at: String,
    /// When it was last changed, likewise.
    pub updated_at: String,
    /// A digest of what the user set, in base64.
    pub hash: String,
}

/// A stored intention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct IntentionRecord {
    /// The intention.
    #[serde(flatten)]
    pub intention: Intention,
    /// The write that made it.
    pub create_index: u64,
    /// The last write that changed it.
    pub modify_index: u64,
}

/// Who calls whom; there is at most one intention for each pair. In the order in which Consul lists equals.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// The namespace of the one who calls.
    pub source_ns: String,
    /// The service that calls.
    pub source_name: String,
    /// The namespace of the one who is called.
    pub destination_ns: String,
    /// The service that is called.
    pub destination_name: String,
}

impl Intention {
    /// Who calls whom.
    pub fn pair(&self) -> Pair {
        Pair {
            source_ns: self.source_ns.clone(),
            source_name: self.source_name.clone(),
            destination_ns: self.destination_ns.clone(),
            destination_name: self.destination_name.clone(),
        }
    }
}

impl Pair {
    /// How exact it is, 1 to 9: the destination weighs more than the source.
    pub fn precedence(&self) -> i64 {
        let destination = exactness(&self.destination_ns, &self.destination_name);
        3 * (destination + 1) - (2 - exactness(&self.source_ns, &self.source_name))
    }
}

fn exactness(namespace: &str, name: &str) -> i64 {
    match (namespace, name) {
        (WILDCARD, _) => 0,
        (_, WILDCARD) => 1,
        _ => 2,
    }
}

/// Whether a name holds a `*` beside other characters, which stands for nothing.
pub fn is_partial_wildcard(name: &str) -> bool {
    name.contains(WILDCARD) && name != WILDCARD
}
