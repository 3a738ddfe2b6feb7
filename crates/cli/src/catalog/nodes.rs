//! `catalog nodes`: the nodes of a datacenter, or those of one service.

use std::collections::BTreeMap;

use anyhow::Context;
use proconsul_agent::flag::{Flag, Given, Takes};
use proconsul_api::{Api, ApiError};
use proconsul_base::text::table;
use serde::Deserialize;

use crate::argument;
use crate::command::{Call, Command, Exit};
use crate::connection;

pub(crate) const COMMAND: Command = Command {
    words: "catalog nodes",
    usage: "[options]",
    synopsis: "Lists the nodes of a datacenter",
    about: "  Prints the nodes of the datacenter, or those that have an instance of a service.

      $ consul catalog nodes
      $ consul catalog nodes -service=web -near=_agent",
    connection: connection::BOTH,
    flags: || FLAGS,
    run,
};

const FLAGS: &[Flag] = &[
    Flag {
        name: "detailed",
        takes: Takes::Switch,
        doc: "Prints whole ids, all addresses and metadata.",
        default: "false",
    },
    Flag {
        name: "filter",
        takes: Takes::Text("string"),
        doc: "Filter expression; @file and - are read as elsewhere.",
        default: "",
    },
    Flag {
        name: "near",
        takes: Takes::Text("string"),
        doc: "Sorts by the round trip from this node; _agent is the node of the agent.",
        default: "",
    },
    super::NODE_META,
    Flag {
        name: "service",
        takes: Takes::Text("id or name"),
        doc: "Lists only nodes that provide this service.",
        default: "",
    },
];

/// One node, or one instance of a service on it, as the API shows them.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Node {
    #[serde(rename = "ID", default)]
    id: String,
    node: String,
    address: String,
    #[serde(default)]
    datacenter: String,
    #[serde(default)]
    tagged_addresses: Option<BTreeMap<String, String>>,
    #[serde(default, alias = "NodeMeta")]
    meta: Option<BTreeMap<String, String>>,
}

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    argument::none(&call.given)?;
    let query = query(&call.given)?;
    let api = connection::api(&call.given)?;
    let nodes = match call.given.text("service").filter(|service| !service.is_empty()) {
        Some(service) => of_service(&api, service, &query).context("Error listing nodes for service")?,
        None => api.json("/v1/catalog/nodes", &query).context("Error listing nodes")?,
    };
    if nodes.is_empty() {
        call.out.complain("No nodes match the given query - try expanding your search.");
        return Ok(Exit::Success);
    }
    call.out.say(&listing(&nodes, call.given.switch("detailed")));
    Ok(Exit::Success)
}

fn of_service(api: &Api, service: &str, query: &[(&str, String)]) -> Result<Vec<Node>, ApiError> {
    api.json(&format!("/v1/catalog/service/{service}"), query)
}

fn query(given: &Given) -> anyhow::Result<Vec<(&'static str, String)>> {
    let mut query = super::node_meta(given)?;
    if let Some(near) = given.text("near").filter(|near| !near.is_empty()) {
        query.push(("near", near.to_owned()));
    }
    if let Some(filter) = given.text("filter").filter(|filter| !filter.is_empty()) {
        let filter = argument::data(filter).context("Could not process filter argument")?;
        query.push(("filter", String::from_utf8_lossy(&filter).into_owned()));
    }
    Ok(query)
}

fn listing(nodes: &[Node], is_detailed: bool) -> String {
    let heading: &[&str] = if is_detailed {
        &["Node", "ID", "Address", "DC", "TaggedAddresses", "Meta"]
    } else {
        &["Node", "ID", "Address", "DC"]
    };
    let row: fn(&Node) -> Vec<String> = if is_detailed { Node::detailed } else { Node::short };
    let heading = heading.iter().map(|name| (*name).to_owned()).collect();
    let rows: Vec<Vec<String>> = [heading].into_iter().chain(nodes.iter().map(row)).collect();
    table::columns(&rows, 2)
}

impl Node {
    /// With the first part of the id alone.
    fn short(&self) -> Vec<String> {
        let id = match self.id.find('-') {
            Some(end) if end > 0 => &self.id[..end],
            _ => &self.id,
        };
        [&self.node, id, &self.address, &self.datacenter].map(str::to_owned).to_vec()
    }

    fn detailed(&self) -> Vec<String> {
        let addresses = pairs(self.tagged_addresses.as_ref());
        let meta = pairs(self.meta.as_ref());
        [&self.node, &self.id, &self.address, &self.datacenter, &addresses, &meta].map(Clone::clone).to_vec()
    }
}

fn pairs(map: Option<&BTreeMap<String, String>>) -> String {
    let pairs: Vec<String> = map.into_iter().flatten().map(|(key, value)| format!("{key}={value}")).collect();
    pairs.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_listed_with_the_first_part_of_their_ids() {
        let json = r#"[{"ID":"adf4238a-882b","Node":"n1","Address":"10.0.0.1","Datacenter":"dc1",
            "TaggedAddresses":{"wan":"b","lan":"a"},"Meta":null},{"ID":"","Node":"outside","Address":"x"}]"#;
        let nodes: Vec<Node> = serde_json::from_str(json).unwrap();
        assert_eq!(
            listing(&nodes, false),
            "Node     ID        Address   DC\nn1       adf4238a  10.0.0.1  dc1\noutside            x         \n"
        );
        assert_eq!(
            listing(&nodes[..1], true).lines().nth(1).unwrap().trim_end(),
            "n1    adf4238a-882b  10.0.0.1  dc1  lan=a, wan=b"
        );
    }
}
