//! `Coordinate`: where nodes are in the network.

use std::sync::Arc;

use proconsul_calls::catalog::OfNode;
use proconsul_calls::coordinate::Update;
use proconsul_calls::door::Door;
use proconsul_calls::read::Answer;
use proconsul_records::catalog::{DcSpecific, NodeSpecific};
use proconsul_records::coordinate::{CoordinateUpdateRequest, Coordinates, DatacenterMap};
use proconsul_records::options::reply;
use proconsul_records::{Empty, Read, Reply};
use proconsul_types::coordinate::NodeCoordinate;

use crate::call;
use crate::refused::Refused;

pub(crate) async fn answer<D: Door>(door: &D, method: &str, request: &[u8]) -> Option<Result<Vec<u8>, Refused>> {
    match method {
        "Update" => call!(door, request, update),
        "ListDatacenters" => call!(door, request, datacenters),
        "ListNodes" => call!(door, request, nodes),
        "Node" => call!(door, request, node),
        _ => None,
    }
}

async fn update<D: Door>(door: &D, request: CoordinateUpdateRequest) -> Result<Empty, Refused> {
    door.coordinate_update(Update::from(request)).await?;
    Ok(Empty {})
}

async fn datacenters<D: Door>(door: &D, _: Empty) -> Result<Vec<DatacenterMap>, Refused> {
    Ok(door.coordinate_datacenters().await?.iter().map(Into::into).collect())
}

async fn nodes<D: Door>(door: &D, ask: Read<DcSpecific>) -> Result<Reply<Coordinates>, Refused> {
    Ok(places(door.coordinate_nodes(ask.embedded.to_read(&ask.own.datacenter)).await?))
}

async fn node<D: Door>(door: &D, ask: Read<NodeSpecific>) -> Result<Reply<Coordinates>, Refused> {
    let options = ask.embedded.to_read(&ask.own.datacenter);
    Ok(places(door.coordinate_node(OfNode { node: &ask.own.node, options }).await?))
}

fn places(answer: Answer<Vec<Arc<NodeCoordinate>>>) -> Reply<Coordinates> {
    reply(answer, |places| {
        let records = places.iter().map(|place| (&**place).into());
        Coordinates { coordinates: (!places.is_empty()).then(|| records.collect()) }
    })
}
