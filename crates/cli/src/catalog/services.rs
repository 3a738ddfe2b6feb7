//! `catalog services`: the services of a datacenter, or those of one node.

use std::collections::BTreeMap;

use anyhow::Context;
use proconsul_agent::flag::{Flag, Takes};
use proconsul_api::{Api, ApiError};
use proconsul_base::text::table;
use serde::Deserialize;

use crate::argument;
use crate::command::{Call, Command, Exit};
use crate::connection;

pub(crate) const COMMAND: Command = Command {
    words: "catalog services",
    usage: "[options]",
    synopsis: "Lists the services of a datacenter",
    about: "  Prints the names of all services of the datacenter, or of those on one node.

      $ consul catalog services -tags
      $ consul catalog services -node=web-1",
    connection: &[connection::CLIENT, connection::SERVER, connection::NAMESPACE],
    flags: || FLAGS,
    run,
};

const FLAGS: &[Flag] = &[
    Flag { name: "node", takes: Takes::Text("id or name"), doc: "Lists the services of this node only.", default: "" },
    super::NODE_META,
    Flag {
        name: "tags",
        takes: Takes::Switch,
        doc: "Prints the tags beside each service, commas between them.",
        default: "false",
    },
];

/// Names and tags.
type Services = BTreeMap<String, Vec<String>>;

/// What is on one node, as far as it is printed.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OnNode {
    services: Option<BTreeMap<String, Instance>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Instance {
    service: String,
    tags: Option<Vec<String>>,
}

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    argument::none(&call.given)?;
    let query = super::node_meta(&call.given)?;
    let api = connection::api(&call.given)?;
    let services = match call.given.text("node").filter(|node| !node.is_empty()) {
        Some(node) => of_node(&api, node, &query).context("Error listing services for node")?,
        None => api.json("/v1/catalog/services", &query).context("Error listing services")?,
    };
    if services.is_empty() {
        call.out.complain("No services match the given query - try expanding your search.");
        return Ok(Exit::Success);
    }
    if call.given.switch("tags") {
        call.out.say(&with_tags(services));
    } else {
        services.keys().for_each(|name| call.out.say(name));
    }
    Ok(Exit::Success)
}

/// A node that is not there has no services.
fn of_node(api: &Api, node: &str, query: &[(&str, String)]) -> Result<Services, ApiError> {
    let found: Option<OnNode> = api.json(&format!("/v1/catalog/node/{node}"), query)?;
    let mut services = Services::new();
    for instance in found.and_then(|found| found.services).unwrap_or_default().into_values() {
        services.entry(instance.service).or_default().extend(instance.tags.unwrap_or_default());
    }
    Ok(services)
}

fn with_tags(services: Services) -> String {
    let row = |(name, mut tags): (String, Vec<String>)| {
        tags.sort();
        [name, tags.join(",")]
    };
    let rows: Vec<[String; 2]> = services.into_iter().map(row).collect();
    table::columns(&rows, 6).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_stand_sorted_beside_their_service() {
        let services = [("web".to_owned(), vec!["b".to_owned(), "a".to_owned()]), ("consul".to_owned(), Vec::new())];
        assert_eq!(with_tags(services.into()), "consul      \nweb         a,b");
    }
}
