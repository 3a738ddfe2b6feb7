//! `operator usage instances`: how many services and instances there are. Came with Consul 1.14.

use std::collections::BTreeMap;

use anyhow::Context;
use proconsul_agent::flag::{Flag, Takes};
use proconsul_base::text::table;
use serde::Deserialize;

use crate::argument;
use crate::command::{Call, Command, Exit};
use crate::connection;
use crate::operator::api;

pub(crate) const COMMAND: Command = Command {
    words: "operator usage instances",
    usage: "[options]",
    synopsis: "Counts services and their instances",
    about: "  Prints how many services and instances there are, and those of the mesh by their kind.",
    connection: connection::BOTH,
    flags: || FLAGS,
    run,
};

const FLAGS: &[Flag] = &[
    Flag { name: "all-datacenters", takes: Takes::Switch, doc: "Counts all datacenters.", default: "false" },
    Flag { name: "connect", takes: Takes::Switch, doc: "Counts the mesh only.", default: "false" },
    Flag { name: "only-billable", takes: Takes::Switch, doc: "Counts all but the mesh and Consul.", default: "false" },
];

/// The agent's answer, by datacenter.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Usage {
    usage: BTreeMap<String, Counts>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Counts {
    #[serde(default)]
    services: u64,
    #[serde(default)]
    connect_service_instances: BTreeMap<String, u64>,
    #[serde(default)]
    billable_service_instances: u64,
}

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    argument::none(&call.given)?;
    let global = call.given.switch("all-datacenters").then(|| ("global", String::new()));
    let query: Vec<(&str, String)> = global.into_iter().collect();
    let usage: Usage =
        api(&call.given)?.json("/v1/operator/usage", &query).context("Error fetching usage information")?;
    let (mesh, billable) = (call.given.switch("connect"), call.given.switch("only-billable"));
    let mut text = String::new();
    if billable || !mesh {
        text.push_str(&billable_part(&usage));
    }
    if mesh || !billable {
        text.push_str(if text.is_empty() { "" } else { "\n" });
        text.push_str(&mesh_part(&usage));
    }
    call.out.say(&text);
    Ok(Exit::Success)
}

fn billable_part(usage: &Usage) -> String {
    let total: u64 = usage.usage.values().map(|counts| counts.billable_service_instances).sum();
    let mut text = format!("Billable Service Instances Total: {total}\n");
    for (datacenter, counts) in &usage.usage {
        text.push_str(&format!("{datacenter} Billable Service Instances: {}\n", counts.billable_service_instances));
    }
    let rows = usage.usage.values().map(|counts| [counts.services, counts.billable_service_instances]);
    let rows = rows.map(|row| row.map(|count| count.to_string()));
    let heading = ["Services", "Service instances"].map(str::to_owned);
    let rows: Vec<[String; 2]> = [heading].into_iter().chain(rows).collect();
    text + "\nBillable Services\n" + &table::columns(&rows, 6)
}

fn mesh_part(usage: &Usage) -> String {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for (kind, count) in usage.usage.values().flat_map(|counts| &counts.connect_service_instances) {
        *counts.entry(kind).or_default() += count;
    }
    let rows = counts.into_iter().map(|(kind, count)| [kind.to_owned(), count.to_string()]);
    let heading = ["Type", "Service instances"].map(str::to_owned);
    let rows: Vec<[String; 2]> = [heading].into_iter().chain(rows).collect();
    "Connect Services\n".to_owned() + &table::columns(&rows, 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instances_are_counted_over_all_datacenters() {
        let json = r#"{"Usage":{"dc1":{"Services":2,"ConnectServiceInstances":{"connect-proxy":1},"BillableServiceInstances":3},
            "dc2":{"Services":1,"ConnectServiceInstances":{"connect-proxy":2},"BillableServiceInstances":4}}}"#;
        let usage: Usage = serde_json::from_str(json).unwrap();
        assert!(
            billable_part(&usage)
                .starts_with("Billable Service Instances Total: 7\ndc1 Billable Service Instances: 3\n")
        );
        assert_eq!(mesh_part(&usage), "Connect Services\nType               Service instances\nconnect-proxy      3\n");
    }
}
