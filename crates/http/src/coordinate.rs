//! `/v1/coordinate/`: where nodes are in the network.

use std::sync::Arc;

use hyper::StatusCode;
use proconsul_calls::catalog::OfNode;
use proconsul_calls::coordinate::{CoordinateError, Update};
use proconsul_calls::door::Door;
use proconsul_calls::error::CallError;
use proconsul_calls::read::Answer;
use proconsul_types::agent::Coordinate;
use proconsul_types::coordinate::NodeCoordinate;

use crate::body::BodyLimit;
use crate::cx::Cx;
use crate::decode::record;
use crate::error::HttpError;
use crate::reply::{self, Reply};

/// What `PUT /v1/coordinate/update` takes.
#[derive(Clone, Debug, Default)]
struct UpdateBody {
    datacenter: Box<str>,
    node: String,
    segment: String,
    place: Option<Place>,
    token: String,
}

record!(UpdateBody, "structs.CoordinateUpdateRequest", strict {
    "Datacenter" => datacenter,
    "Node" => node,
    "Segment" => segment,
    "Coord" => place,
    "Token" => token,
});

#[derive(Clone, Debug, Default)]
struct Place {
    vec: Vec<f64>,
    error: f64,
    adjustment: f64,
    height: f64,
}

record!(Place, "coordinate.Coordinate", strict {
    "Vec" => vec,
    "Error" => error,
    "Adjustment" => adjustment,
    "Height" => height,
});

/// Every agent knows them, so it does not matter which datacenter is asked for.
pub(crate) async fn datacenters<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    cx.record(&cx.door.coordinate_datacenters().await?)
}

pub(crate) async fn nodes<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let options = cx.read_options()?;
    let answer = cx.door.coordinate_nodes(options).await.map_err(HttpError::Read)?;
    let places = of_segment(cx, &answer);
    Ok(reply::with_read(cx.record(&places)?, answer.index.0, answer.contact))
}

/// A node without a place is not found, and that is said without the headers of a read.
pub(crate) async fn node<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let options = cx.read_options()?;
    let answer = cx.door.coordinate_node(OfNode { node: cx.rest, options }).await.map_err(HttpError::Read)?;
    let places = of_segment(cx, &answer);
    if places.is_empty() {
        return Ok(reply::empty(StatusCode::NOT_FOUND));
    }
    Ok(reply::with_read(cx.record(&places)?, answer.index.0, answer.contact))
}

/// The places in the segment that is asked for, if one is.
fn of_segment<'a, D>(cx: &Cx<'_, D>, answer: &'a Answer<Vec<Arc<NodeCoordinate>>>) -> Vec<&'a NodeCoordinate> {
    let segment = cx.query.get("segment");
    let places = answer.value.iter().map(|place| &**place);
    places.filter(|place| segment.is_none_or(|segment| place.segment == segment)).collect()
}

pub(crate) async fn update<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let body: UpdateBody = cx.decoded(BodyLimit::ANY, HttpError::Decode).await?;
    let place = body.place.ok_or(CallError::from(CoordinateError::Incompatible))?;
    let Place { vec, error, adjustment, height } = place;
    let coord = Coordinate { vec, error, adjustment, height };
    let datacenter = cx.query.filled("dc").map(Into::into);
    let place = NodeCoordinate { node: body.node, segment: body.segment, coord };
    cx.door.coordinate_update(Update { datacenter, place }).await?;
    Ok(reply::empty(StatusCode::OK))
}
