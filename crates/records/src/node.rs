//! Nodes.

use std::sync::Arc;

use proconsul_base::id::NodeId;
use proconsul_base::index::Index;
use proconsul_calls::catalog::NodeIdError;
use proconsul_types::node as types;
use proconsul_types::node::{Meta, Text};
use serde::{Deserialize, Serialize};

/// A node (`Node`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Node {
    /// Its address.
    pub address: Text,
    /// The write that made it.
    pub create_index: u64,
    /// Its datacenter.
    pub datacenter: Text,
    /// Its id; empty for none.
    #[serde(rename = "ID")]
    pub id: String,
    /// What the user says about it.
    pub meta: Meta,
    /// The last write that changed it.
    pub modify_index: u64,
    /// Its name.
    pub node: Text,
    /// Other addresses by purpose.
    pub tagged_addresses: Meta,
}

impl From<&types::Node> for Node {
    fn from(node: &types::Node) -> Self {
        Self {
            address: Arc::clone(&node.address),
            create_index: node.create_index.0,
            datacenter: Arc::clone(&node.datacenter),
            id: id_text(node.id),
            meta: node.meta.clone(),
            modify_index: node.modify_index.0,
            node: Arc::clone(&node.name),
            tagged_addresses: node.tagged_addresses.clone(),
        }
    }
}

impl TryFrom<Node> for types::Node {
    type Error = NodeIdError;

    fn try_from(node: Node) -> Result<Self, NodeIdError> {
        Ok(Self {
            id: id(&node.id)?,
            name: node.node,
            address: node.address,
            datacenter: node.datacenter,
            tagged_addresses: node.tagged_addresses,
            meta: node.meta,
            create_index: Index(node.create_index),
            modify_index: Index(node.modify_index),
        })
    }
}

/// The text of an id; nothing for none.
pub fn id_text(id: Option<NodeId>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}

/// Where the hyphens of an id stand.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

/// The id that a text means, unless it is empty.
pub fn id(text: &str) -> Result<Option<NodeId>, NodeIdError> {
    match text.len() {
        0 => return Ok(None),
        36 => {}
        _ => return Err(NodeIdError::Length),
    }
    let (hyphens, digits): (Vec<_>, Vec<_>) = text.bytes().enumerate().partition(|(place, _)| HYPHENS.contains(place));
    if hyphens.iter().any(|(_, byte)| *byte != b'-') {
        return Err(NodeIdError::Format);
    }
    let wrong = digits.iter().find(|(_, byte)| !byte.is_ascii_hexdigit());
    wrong.map_or(Ok(()), |(_, byte)| Err(NodeIdError::Digit(*byte)))?;
    text.parse().map(Some).map_err(|_| NodeIdError::Format)
}
