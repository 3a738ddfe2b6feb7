//! User events. What is inside the payload is serf's affair.

use proconsul_gopack::Raw;
use serde::{Deserialize, Serialize};

/// An event to fire (`EventFireRequest`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EventFireRequest {
    /// The datacenter whose agents are to hear it.
    pub datacenter: String,
    /// Its name.
    pub name: String,
    /// The whole event in the form in which gossip carries it.
    pub payload: Option<Raw>,
}
