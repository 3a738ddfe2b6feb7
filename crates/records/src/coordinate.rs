//! Where nodes are in the network.

use proconsul_calls::coordinate::Update;
use proconsul_types::agent::Coordinate as Place;
use proconsul_types::coordinate as types;
use serde::{Deserialize, Serialize};

use crate::options::name;

/// A node's place; also an element of the list in a snapshot file (`Coordinate`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Coordinate {
    /// The place.
    pub coord: Option<Coord>,
    /// The node.
    pub node: String,
    /// The network segment.
    pub segment: String,
}

/// A place (serf's `Coordinate`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Coord {
    /// A correction from recent measurements, in seconds.
    pub adjustment: f64,
    /// How little the place is trusted.
    pub error: f64,
    /// The distance to the network's core, in seconds.
    pub height: f64,
    /// The place in space, in seconds.
    pub vec: Vec<f64>,
}

impl From<&Place> for Coord {
    fn from(place: &Place) -> Self {
        let Place { vec, error, adjustment, height } = place.clone();
        Self { adjustment, error, height, vec }
    }
}

impl From<Coord> for Place {
    fn from(Coord { adjustment, error, height, vec }: Coord) -> Self {
        Self { vec, error, adjustment, height }
    }
}

impl From<&types::NodeCoordinate> for Coordinate {
    fn from(of: &types::NodeCoordinate) -> Self {
        Self { coord: Some((&of.coord).into()), node: of.node.clone(), segment: of.segment.clone() }
    }
}

impl From<Coordinate> for types::NodeCoordinate {
    fn from(Coordinate { coord, node, segment }: Coordinate) -> Self {
        Self { node, segment, coord: coord.unwrap_or_default().into() }
    }
}

/// A node's new place (`CoordinateUpdateRequest`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CoordinateUpdateRequest {
    /// The place.
    pub coord: Option<Coord>,
    /// The datacenter.
    pub datacenter: String,
    /// The node.
    pub node: String,
    /// The network segment.
    pub segment: String,
    /// The secret of who asks.
    pub token: String,
}

impl From<CoordinateUpdateRequest> for Update {
    fn from(request: CoordinateUpdateRequest) -> Self {
        let CoordinateUpdateRequest { coord, datacenter, node, segment, .. } = request;
        Self { datacenter: name(&datacenter), place: Coordinate { coord, node, segment }.into() }
    }
}

impl From<Update> for CoordinateUpdateRequest {
    fn from(Update { datacenter, place }: Update) -> Self {
        let Coordinate { coord, node, segment } = (&place).into();
        Self { coord, datacenter: datacenter.unwrap_or_default().into(), node, segment, token: String::new() }
    }
}

/// Places (`IndexedCoordinates`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Coordinates {
    /// The places, in the order of the nodes' names.
    pub coordinates: Option<Vec<Coordinate>>,
}

/// The servers of a datacenter (`DatacenterMap`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DatacenterMap {
    /// The pool in which the places were measured.
    #[serde(rename = "AreaID")]
    pub area_id: String,
    /// The places.
    pub coordinates: Option<Vec<Coordinate>>,
    /// The datacenter.
    pub datacenter: String,
}

impl From<&types::DatacenterCoordinates> for DatacenterMap {
    fn from(of: &types::DatacenterCoordinates) -> Self {
        Self {
            area_id: of.area_id.clone(),
            coordinates: Some(of.coordinates.iter().map(Into::into).collect()),
            datacenter: of.datacenter.clone(),
        }
    }
}

impl From<DatacenterMap> for types::DatacenterCoordinates {
    fn from(DatacenterMap { area_id, coordinates, datacenter }: DatacenterMap) -> Self {
        Self { datacenter, area_id, coordinates: coordinates.unwrap_or_default().into_iter().map(Into::into).collect() }
    }
}
