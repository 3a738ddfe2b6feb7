//! Where nodes are, by node and segment.

use std::sync::Arc;

use imbl::OrdMap;
use proconsul_base::index::Index;
use proconsul_types::coordinate::NodeCoordinate;
use proconsul_types::node::Text;

use crate::check::Broken;

/// All places. A node's name stands in lower case, its segment as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Coordinates {
    places: OrdMap<(Text, Text), Arc<NodeCoordinate>>,
    changed: Index,
}

impl Coordinates {
    pub(crate) fn restored(changed: Index) -> Self {
        Self { places: OrdMap::new(), changed }
    }

    /// Takes a place from a snapshot.
    pub(crate) fn restore(&mut self, place: NodeCoordinate) {
        self.places.insert(key(&place), Arc::new(place));
    }

    /// All places, in the order of the nodes and segments.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<NodeCoordinate>> {
        self.places.iter().map(|(_, place)| place)
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// The index of the last change of any place; 0 when there was none.
    pub(crate) fn changed(&self) -> Index {
        self.changed
    }

    /// A node's places, one for each segment.
    pub(crate) fn of_node(&self, node: &str) -> impl Iterator<Item = &Arc<NodeCoordinate>> {
        let name = Text::from(node.to_lowercase());
        let places = self.places.range((name.clone(), Text::from(""))..);
        places.take_while(move |((node, _), _)| *node == name).map(|(_, place)| place)
    }

    /// Puts a node somewhere. False when it already was there: such a write changes no index and wakes nobody.
    pub(crate) fn put(&mut self, index: Index, place: &NodeCoordinate) -> bool {
        let key = key(place);
        if self.places.get(&key).is_some_and(|before| **before == *place) {
            return false;
        }
        self.places.insert(key, Arc::new(place.clone()));
        self.changed = index;
        true
    }

    /// Forgets where a node was, because the node is gone; false when that was not known.
    pub(crate) fn remove_node(&mut self, index: Index, node: &str) -> bool {
        let keys: Vec<_> = self.of_node(node).map(|place| key(place)).collect();
        keys.iter().for_each(|key| drop(self.places.remove(key)));
        if !keys.is_empty() {
            self.changed = index;
        }
        !keys.is_empty()
    }

    pub(crate) fn check(&self) -> Result<(), Broken> {
        for (at, place) in &self.places {
            let holds = *at == key(place);
            Broken::unless(holds, "coordinates", &place.node, "a place stands under its own node and segment")?;
        }
        let holds = self.places.is_empty() || self.changed > Index::ZERO;
        Broken::unless(holds, "coordinates", "", "a place is made by a command")
    }
}

fn key(place: &NodeCoordinate) -> (Text, Text) {
    (place.node.to_lowercase().into(), place.segment.as_str().into())
}
