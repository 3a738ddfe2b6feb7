//! `rtt`: the round trip between two nodes, estimated from their network coordinates.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use proconsul_agent::flag::{Flag, Takes};
use proconsul_api::Api;
use proconsul_serf::coordinate::{Coordinate, DIMENSIONS};
use serde::Deserialize;

use crate::command::{Call, Command, Exit, Misuse};
use crate::connection;

pub(crate) const COMMAND: Command = Command {
    words: "rtt",
    usage: "[options] node1 [node2]",
    synopsis: "Estimates the round trip between two nodes",
    about: "  Estimates how long a packet takes from one node to the other and back, from what the
  cluster has learnt about its network. Without a second node, the agent's own is meant.
  Servers of different datacenters are named <node name>.<datacenter>, with -wan.

      $ consul rtt web-1 db-1",
    connection: &[connection::CLIENT],
    flags: || FLAGS,
    run,
};

const FLAGS: &[Flag] = &[Flag {
    name: "wan",
    takes: Takes::Switch,
    doc: "Uses the coordinates of the servers of all datacenters.",
    default: "false",
}];

/// A node's coordinate in one network segment.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    node: String,
    #[serde(default)]
    segment: String,
    coord: Shape,
}

/// A coordinate in the API's form, in seconds.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Shape {
    vec: [f64; DIMENSIONS],
    error: f64,
    adjustment: f64,
    height: f64,
}

/// The servers of a datacenter in one area of the network.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Datacenter {
    datacenter: String,
    #[serde(rename = "AreaID")]
    area_id: String,
    coordinates: Vec<Entry>,
}

impl From<Shape> for Coordinate {
    fn from(Shape { vec, error, adjustment, height }: Shape) -> Self {
        Self { vector: vec, error, adjustment, height }
    }
}

/// Both nodes' coordinates, of those that can be compared.
type Both = (Option<Shape>, Option<Shape>);

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let (first, second) = match call.given.rest.as_slice() {
        [first] => (first.clone(), None),
        [first, second] => (first.clone(), Some(second.clone())),
        _ => bail!(Misuse::Explained("One or two node names must be specified")),
    };
    let api = connection::api(&call.given)?;
    let wan = call.given.switch("wan");
    let second = second.map_or_else(|| own_name(&api, wan).context("Unable to look up agent info"), Ok)?;
    let (one, other) = if wan { over_wan(&api, &first, &second)? } else { over_lan(&api, &first, &second)? };
    let Some(one) = one else { bail!("Could not find a coordinate for node {first:?}") };
    let Some(other) = other else { bail!("Could not find a coordinate for node {second:?}") };
    let milliseconds = Coordinate::from(one).distance(&other.into()).as_secs_f64() * 1000.0;
    let source = if wan { "WAN" } else { "LAN" };
    call.out.say(&format!("Estimated {first} <-> {second} rtt: {milliseconds:.3} ms (using {source} coordinates)"));
    Ok(Exit::Success)
}

fn own_name(api: &Api, wan: bool) -> anyhow::Result<String> {
    let own = connection::own(api)?;
    Ok(if wan { format!("{}.{}", own.node_name, own.datacenter) } else { own.node_name })
}

fn over_lan(api: &Api, first: &str, second: &str) -> anyhow::Result<Both> {
    let entries: Vec<Entry> = api.json("/v1/coordinate/nodes", &[]).context("Error getting coordinates")?;
    let segments = |name: &str| -> BTreeMap<&str, &Shape> {
        let own = entries.iter().filter(|entry| entry.node == name);
        own.map(|entry| (entry.segment.as_str(), &entry.coord)).collect()
    };
    Ok(compatible(&segments(first), &segments(second)))
}

/// A node of one segment decides: any other is a server then, which is in all of them.
fn compatible(one: &BTreeMap<&str, &Shape>, other: &BTreeMap<&str, &Shape>) -> Both {
    let only = |segments: &BTreeMap<&str, &Shape>| match segments.len() {
        1 => segments.keys().next().map(|segment| (*segment).to_owned()),
        _ => None,
    };
    let segment = only(other).or_else(|| only(one)).unwrap_or_default();
    let of = |segments: &BTreeMap<&str, &Shape>| segments.get(segment.as_str()).map(|shape| (*shape).clone());
    (of(one), of(other))
}

fn over_wan(api: &Api, first: &str, second: &str) -> anyhow::Result<Both> {
    let (Some(one), Some(other)) = (split(first), split(second)) else {
        bail!("Node names must be specified as <node name>.<datacenter> with -wan")
    };
    let datacenters: Vec<Datacenter> =
        api.json("/v1/coordinate/datacenters", &[]).context("Error getting coordinates")?;
    let found = |(node, name): (&str, &str), area: &str| {
        let places = datacenters.iter().filter(|place| place.datacenter == name && place.area_id == area);
        places.flat_map(|place| &place.coordinates).find(|entry| entry.node == node).map(|entry| entry.coord.clone())
    };
    let areas = datacenters.iter().map(|place| place.area_id.as_str());
    // Coordinates of different areas have nothing to do with each other.
    let mut both = areas.map(|area| (found(one, area), found(other, area)));
    Ok(both.find(|both| matches!(both, (Some(_), Some(_)))).unwrap_or_default())
}

fn split(name: &str) -> Option<(&str, &str)> {
    name.split_once('.').filter(|(_, datacenter)| !datacenter.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(height: f64) -> Shape {
        Shape { vec: [0.0; DIMENSIONS], error: 0.0, adjustment: 0.0, height }
    }

    #[test]
    fn the_segment_of_a_client_decides_which_coordinates_are_compared() {
        let (a, b, c) = (shape(1.0), shape(2.0), shape(3.0));
        let (server, client) = (BTreeMap::from([("", &a), ("alpha", &b)]), BTreeMap::from([("alpha", &c)]));
        let (one, other) = compatible(&server, &client);
        assert_eq!((one.unwrap().height, other.unwrap().height), (2.0, 3.0));
        let (one, other) = compatible(&server, &server);
        assert_eq!((one.unwrap().height, other.unwrap().height), (1.0, 1.0));
    }

    #[test]
    fn names_with_a_datacenter_have_exactly_one_dot() {
        assert_eq!(split("n1.dc1"), Some(("n1", "dc1")));
        assert_eq!((split("n1"), split("a.b.c")), (None, None));
    }
}
