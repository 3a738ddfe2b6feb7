//! Where nodes are in the network.

use std::future::Future;
use std::sync::Arc;

use proconsul_types::coordinate::{DatacenterCoordinates, NodeCoordinate};

use crate::catalog::OfNode;
use crate::error::CallError;
use crate::read::{Answer, ReadOptions};

/// `/v1/coordinate/`.
pub trait CoordinateCalls {
    /// `GET /v1/coordinate/datacenters`: the servers of each datacenter, as this server knows them.
    fn coordinate_datacenters(&self) -> impl Future<Output = Result<Vec<DatacenterCoordinates>, CallError>> + Send;

    /// `GET /v1/coordinate/nodes`, in the order of the nodes' names.
    fn coordinate_nodes(
        &self,
        options: ReadOptions,
    ) -> impl Future<Output = Result<Answer<Vec<Arc<NodeCoordinate>>>, CallError>> + Send;

    /// `GET /v1/coordinate/node/:node`: one place for each segment.
    fn coordinate_node(
        &self,
        node: OfNode<'_>,
    ) -> impl Future<Output = Result<Answer<Vec<Arc<NodeCoordinate>>>, CallError>> + Send;

    /// `PUT /v1/coordinate/update`. Tells nothing about nodes that are not in the catalog: those are passed over.
    fn coordinate_update(&self, update: Update) -> impl Future<Output = Result<(), CallError>> + Send;
}

/// A node's new place.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    /// The datacenter to write to; `None` for the agent's own.
    pub datacenter: Option<Box<str>>,
    /// The node and its place.
    pub place: NodeCoordinate,
}

/// Why a node cannot be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CoordinateError {
    /// Not of the number of dimensions that all coordinates have.
    #[error("incompatible coordinate")]
    Incompatible,
    /// Something in it is no finite number.
    #[error("invalid coordinate")]
    Invalid,
}
