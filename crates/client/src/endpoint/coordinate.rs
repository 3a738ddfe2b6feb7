//! Where nodes are in the network.

use std::convert::Infallible;
use std::sync::Arc;

use proconsul_calls::catalog::OfNode;
use proconsul_calls::coordinate::{CoordinateCalls, Update};
use proconsul_calls::error::CallError;
use proconsul_calls::read::{Answer, ReadOptions};
use proconsul_records::Empty;
use proconsul_records::catalog::DcSpecific;
use proconsul_records::coordinate::{CoordinateUpdateRequest, Coordinates, DatacenterMap};
use proconsul_types::coordinate::{DatacenterCoordinates, NodeCoordinate};

use super::Client;
use crate::forward::{Kind, Transport};

impl<T: Transport, L: Send + Sync + 'static> CoordinateCalls for Client<T, L> {
    async fn coordinate_datacenters(&self) -> Result<Vec<DatacenterCoordinates>, CallError> {
        let maps: Option<Vec<DatacenterMap>> =
            self.call("Coordinate.ListDatacenters", Kind::Read, &Empty::default()).await?;
        Ok(maps.unwrap_or_default().into_iter().map(Into::into).collect())
    }

    async fn coordinate_nodes(&self, options: ReadOptions) -> Result<Answer<Vec<Arc<NodeCoordinate>>>, CallError> {
        let datacenter = self.datacenter(options.datacenter.as_deref());
        let question = DcSpecific { datacenter, ..DcSpecific::default() };
        self.read("Coordinate.ListNodes", question, &options, places).await
    }

    async fn coordinate_node(&self, node: OfNode<'_>) -> Result<Answer<Vec<Arc<NodeCoordinate>>>, CallError> {
        let question = self.of_node(&node);
        self.read("Coordinate.Node", question, &node.options, places).await
    }

    async fn coordinate_update(&self, update: Update) -> Result<(), CallError> {
        let datacenter = self.datacenter(update.datacenter.as_deref());
        let request = CoordinateUpdateRequest { datacenter, ..update.into() };
        self.call::<Option<Empty>>("Coordinate.Update", Kind::Write, &request).await.map(drop)
    }
}

fn places(found: Coordinates) -> Result<Vec<Arc<NodeCoordinate>>, Infallible> {
    Ok(found.coordinates.unwrap_or_default().into_iter().map(|place| Arc::new(place.into())).collect())
}
