//! A node in bytes.
//!
//! ```text
//! id (0 u8 | 1 u8 and 16 bytes), name text, address text, datacenter text, tagged addresses meta, meta
//! ```

use proconsul_base::id::NodeId;
use proconsul_base::index::Index;
use proconsul_types::node::Node;

use super::{meta, put_meta, text};
use crate::wire::{Body, put_option, put_text};

pub(crate) fn append(to: &mut Vec<u8>, node: &Node) {
    put_option(to, node.id.as_ref(), |to, id| to.extend_from_slice(id.as_bytes()));
    for text in [&node.name, &node.address, &node.datacenter] {
        put_text(to, text);
    }
    put_meta(to, &node.tagged_addresses);
    put_meta(to, &node.meta);
}

pub(crate) fn read(body: &mut Body<'_>) -> Option<Node> {
    Some(Node {
        id: body.option(|body| body.id().map(NodeId::from_bytes))?,
        name: text(body)?,
        address: text(body)?,
        datacenter: text(body)?,
        tagged_addresses: meta(body)?,
        meta: meta(body)?,
        create_index: Index::ZERO,
        modify_index: Index::ZERO,
    })
}
