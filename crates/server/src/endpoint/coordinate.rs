//! Where nodes are, and who is near whom.

use std::sync::Arc;

use proconsul_calls::catalog::{Near, OfNode};
use proconsul_calls::coordinate::{CoordinateCalls, CoordinateError, Update};
use proconsul_calls::error::CallError;
use proconsul_calls::read::{Answer, ReadOptions};
use proconsul_state::command::Command;
use proconsul_state::command::coordinate::CoordinateUpdate;
use proconsul_state::store::View;
use proconsul_state::watch::{Table, Topic};
use proconsul_types::agent::Coordinate;
use proconsul_types::coordinate::{DatacenterCoordinates, NodeCoordinate};

use super::Server;
use crate::authorize::{Right, authorize};
use crate::local::Local;
use crate::replica::Replica;

/// How many dimensions every coordinate has, as serf computes it.
const DIMENSIONS: usize = 8;

/// Where a server is that nothing has been measured for, as serf starts it.
const ORIGIN: (f64, f64) = (1.5, 1.0e-5);

impl<R: Replica, L: Local> CoordinateCalls for Server<R, L> {
    async fn coordinate_datacenters(&self) -> Result<Vec<DatacenterCoordinates>, CallError> {
        // Nothing lies between the servers of the only datacenter there is: all are at the origin.
        let (error, height) = ORIGIN;
        let coord = Coordinate { vec: vec![0.0; DIMENSIONS], error, adjustment: 0.0, height };
        let servers = self
            .local
            .members(false)
            .into_iter()
            .filter(|member| member.tags.get("role").is_some_and(|role| role == "consul"));
        let place = |node| NodeCoordinate { node, segment: String::new(), coord: coord.clone() };
        let coordinates = servers.map(|member| place(member.name)).collect();
        let datacenter = self.settings.datacenter.clone();
        Ok(vec![DatacenterCoordinates { datacenter, area_id: "wan".to_owned(), coordinates }])
    }

    async fn coordinate_nodes(&self, options: ReadOptions) -> Result<Answer<Vec<Arc<NodeCoordinate>>>, CallError> {
        self.read(&options, Topic::Table(Table::Coordinates), |store| {
            let view = store.view();
            let places = view.coordinates().filter(|place| authorize(Right::NodeRead(&place.node)).is_ok());
            (places.cloned().collect(), view.coordinates_index())
        })
        .await
    }

    async fn coordinate_node(&self, node: OfNode<'_>) -> Result<Answer<Vec<Arc<NodeCoordinate>>>, CallError> {
        authorize(Right::NodeRead(node.node))?;
        self.read(&node.options, Topic::Table(Table::Coordinates), |store| {
            let view = store.view();
            (view.coordinates_of(node.node).cloned().collect(), view.coordinates_index())
        })
        .await
    }

    async fn coordinate_update(&self, update: Update) -> Result<(), CallError> {
        self.own_datacenter(update.datacenter.as_deref())?;
        authorize(Right::NodeWrite(&update.place.node))?;
        checked(&update.place.coord)?;
        self.propose(&Command::Coordinates(CoordinateUpdate { places: vec![update.place] })).await.map(drop)
    }
}

impl<R: Replica, L: Local> Server<R, L> {
    /// Puts items in the order of their nodes' distances from who is asked for; leaves them as they are when nobody is, or when
    /// it is not known where that is.
    pub(super) fn sort_near<T>(&self, view: &View, near: &Near, items: &mut [T], node_of: impl Fn(&T) -> &str) {
        match near {
            Near::Nowhere | Near::Address(_) => {}
            Near::Agent => view.sort_by_distance(&self.settings.node_name, items, node_of),
            Near::Node(name) => view.sort_by_distance(name, items, node_of),
        }
    }
}

fn checked(place: &Coordinate) -> Result<(), CoordinateError> {
    let numbers = [place.error, place.adjustment, place.height];
    if !place.vec.iter().chain(&numbers).all(|number| number.is_finite()) {
        return Err(CoordinateError::Invalid);
    }
    if place.vec.len() == DIMENSIONS { Ok(()) } else { Err(CoordinateError::Incompatible) }
}
