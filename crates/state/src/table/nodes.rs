//! The nodes: by name and by id.

use std::sync::Arc;

use imbl::OrdMap;
use proconsul_base::id::NodeId;
use proconsul_base::index::Index;
use proconsul_types::node::{Node, Text};

use crate::check::Broken;
use crate::name::folded;

/// All nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Nodes {
    by_name: OrdMap<Text, Arc<Node>>,
    by_id: OrdMap<NodeId, Arc<Node>>,
    changed: Index,
}

impl Nodes {
    pub(crate) fn restored(changed: Index) -> Self {
        Self { changed, ..Self::default() }
    }

    /// Takes a node from a snapshot.
    pub(crate) fn restore(&mut self, node: Node) {
        self.insert(Arc::new(node));
    }

    pub(crate) fn len(&self) -> usize {
        self.by_name.len()
    }

    /// All nodes in the order of their names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Node>> {
        self.by_name.values()
    }

    /// The index of the last change of any node; 0 when there was none.
    pub(crate) fn changed(&self) -> Index {
        self.changed
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Arc<Node>> {
        self.by_name.get(&*folded(name))
    }

    /// The node under a name that is folded already.
    pub(crate) fn get_folded(&self, name: &str) -> Option<&Arc<Node>> {
        self.by_name.get(name)
    }

    pub(crate) fn with_id(&self, id: &NodeId) -> Option<&Arc<Node>> {
        self.by_id.get(id)
    }

    /// The nodes whose id, as text in lower case, begins so; in the order of their ids.
    pub(crate) fn with_id_prefix(&self, prefix: String) -> impl Iterator<Item = &Arc<Node>> {
        let ids = self.by_id.range(lowest_id(&prefix)..);
        ids.take_while(move |(id, _)| id.to_string().starts_with(&prefix)).map(|(_, node)| node)
    }

    /// Sets a node in the place of the one that has its name.
    pub(crate) fn put(&mut self, index: Index, node: Node) {
        self.insert(Arc::new(node));
        self.changed = index;
    }

    pub(crate) fn remove(&mut self, index: Index, name: &str) -> Option<Arc<Node>> {
        let node = self.by_name.remove(&*folded(name))?;
        if let Some(id) = &node.id {
            self.by_id.remove(id);
        }
        self.changed = index;
        Some(node)
    }

    fn insert(&mut self, node: Arc<Node>) {
        let before = self.by_name.insert(folded(&node.name).into(), node.clone());
        if let Some(id) = before.and_then(|before| before.id) {
            self.by_id.remove(&id);
        }
        if let Some(id) = node.id {
            self.by_id.insert(id, node);
        }
    }

    pub(crate) fn check(&self) -> Result<(), Broken> {
        let holds = |holds, node: &Node, invariant| Broken::unless(holds, "nodes", &node.name, invariant);
        for (name, node) in &self.by_name {
            holds(**name == *folded(&node.name), node, "a node stands under its own name")?;
            holds(node.create_index <= node.modify_index, node, "a node is made before it is changed")?;
            holds(node.create_index > Index::ZERO, node, "a node is made by a command")?;
            holds(node.modify_index <= self.changed, node, "no node is newer than the table's last change")?;
            let by_id = node.id.is_none_or(|id| self.by_id.get(&id) == Some(node));
            holds(by_id, node, "a node that has an id stands under it")?;
        }
        for (id, node) in &self.by_id {
            let is_named = self.get(&node.name).is_some_and(|named| named.id == Some(*id));
            holds(is_named, node, "what stands under an id stands under its name too")?;
        }
        Ok(())
    }
}

/// The lowest id whose text may begin so.
fn lowest_id(prefix: &str) -> NodeId {
    let mut bytes = [0; 16];
    let digits = prefix.bytes().filter(|byte| *byte != b'-').map(|byte| (byte as char).to_digit(16).unwrap_or(0));
    for (place, digit) in digits.take(32).enumerate() {
        bytes[place / 2] |= (digit as u8) << (4 * (1 - place % 2));
    }
    NodeId::from_bytes(bytes)
}
