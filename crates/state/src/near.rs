//! Who is near: the order of things by the distance of their nodes.
//!
//! A distance is the round trip that Vivaldi coordinates foretell, as serf reckons it: the way through the space, both heights,
//! and the adjustments unless they would make it negative.

use std::cmp::Ordering;
use std::sync::Arc;

use proconsul_types::agent::Coordinate;
use proconsul_types::coordinate::NodeCoordinate;

use crate::store::View;

impl View {
    /// Where the nodes are, in the order of their names, and the index to wait on.
    pub fn coordinates(&self) -> impl Iterator<Item = &Arc<NodeCoordinate>> {
        self.tables.coordinates.iter()
    }

    /// Where one node is: one place for each segment.
    pub fn coordinates_of(&self, node: &str) -> impl Iterator<Item = &Arc<NodeCoordinate>> {
        self.tables.coordinates.of_node(node)
    }

    /// The index to wait on for coordinates: the last change of any of them, 0 when there was none.
    pub fn coordinates_index(&self) -> proconsul_base::index::Index {
        self.tables.coordinates.changed()
    }

    /// Puts items in the order of their nodes' distances from one node. Those at the same distance keep their order, those
    /// whose place is not known come last; when the place of that node itself is not known, nothing is moved.
    pub fn sort_by_distance<T>(&self, from: &str, items: &mut [T], node_of: impl Fn(&T) -> &str) {
        let origin: Vec<&NodeCoordinate> = self.coordinates_of(from).map(|place| &**place).collect();
        if !origin.is_empty() {
            items.sort_by_cached_key(|item| Distance(self.seconds(&origin, node_of(item))));
        }
    }

    fn seconds(&self, origin: &[&NodeCoordinate], node: &str) -> f64 {
        let other: Vec<&NodeCoordinate> = self.coordinates_of(node).map(|place| &**place).collect();
        let segment = common_segment(origin, &other);
        let place = |places: &[&'_ NodeCoordinate]| {
            places.iter().find(|place| place.segment == segment).map(|place| place.coord.clone())
        };
        match (place(origin), place(&other)) {
            (Some(one), Some(other)) => seconds_between(&one, &other),
            _ => f64::INFINITY,
        }
    }
}

/// Distances in order; nothing is farther than what is not known.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Distance(f64);

impl Eq for Distance {}

impl Ord for Distance {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Distance {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The segment in which two nodes can be compared: that of a node which has only one, for nodes with more are in all.
fn common_segment<'a>(one: &[&'a NodeCoordinate], other: &[&'a NodeCoordinate]) -> &'a str {
    match (one, other) {
        (_, [only]) | ([only], _) => &only.segment,
        _ => "",
    }
}

fn seconds_between(one: &Coordinate, other: &Coordinate) -> f64 {
    if one.vec.len() != other.vec.len() {
        return f64::INFINITY;
    }
    let through_space = one.vec.iter().zip(&other.vec).map(|(one, other)| (one - other).powi(2)).sum::<f64>().sqrt();
    let raw = through_space + one.height + other.height;
    let adjusted = raw + one.adjustment + other.adjustment;
    if adjusted > 0.0 { adjusted } else { raw }
}

#[cfg(test)]
mod tests;
