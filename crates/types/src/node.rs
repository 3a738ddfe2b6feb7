//! A node of the catalog.

use std::collections::BTreeMap;
use std::sync::Arc;

use proconsul_base::id::NodeId;
use proconsul_base::index::Index;

/// A text that many records share.
pub type Text = Arc<str>;

/// Named texts that a user attached; `None` where the user said `null` or nothing, which is shown again as `null`.
pub type Meta = Option<Arc<BTreeMap<String, String>>>;

/// One node, as `GET /v1/catalog/nodes` shows it.
///
/// Users see `ID, Node, Address, Datacenter, TaggedAddresses, Meta, CreateIndex, ModifyIndex`, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The node's id; nodes that were registered by hand may have none, which is shown as an empty text.
    pub id: Option<NodeId>,
    /// The name, unique without regard to case.
    pub name: Text,
    /// The address others reach it at: an address or a host name.
    pub address: Text,
    /// The datacenter it belongs to.
    pub datacenter: Text,
    /// Other addresses by purpose: `lan`, `wan`, `lan_ipv4` …
    pub tagged_addresses: Meta,
    /// What the user says about it.
    pub meta: Meta,
    /// The write that made it.
    pub create_index: Index,
    /// The last write that changed it.
    pub modify_index: Index,
}
