//! Where nodes are in the network, as the catalog keeps it. Knows no distance.

use serde::{Deserialize, Serialize};

use crate::agent::Coordinate;

/// One line of `GET /v1/coordinate/nodes`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NodeCoordinate {
    /// The node's name.
    pub node: String,
    /// The network segment it was measured in; empty outside the enterprise edition, though any text is taken.
    pub segment: String,
    /// The place.
    pub coord: Coordinate,
}

/// One line of `GET /v1/coordinate/datacenters`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DatacenterCoordinates {
    /// The datacenter.
    #[serde(rename = "Datacenter")]
    pub datacenter: String,
    /// The pool of servers in which the places were measured: `wan`.
    #[serde(rename = "AreaID")]
    pub area_id: String,
    /// The places of its servers.
    #[serde(rename = "Coordinates")]
    pub coordinates: Vec<NodeCoordinate>,
}
