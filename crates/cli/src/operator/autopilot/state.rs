//! `operator autopilot state`: how the servers are. Came with Consul 1.9.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use proconsul_agent::flag::{Flag, Takes};
use proconsul_api::{Answer, Method};
use serde::Deserialize;

use crate::command::{Call, Command, Exit};
use crate::operator::api;
use crate::{connection, json};

pub(crate) const COMMAND: Command = Command {
    words: "operator autopilot state",
    usage: "[options]",
    synopsis: "Shows how the servers are",
    about: "  Prints how autopilot sees the servers: who leads, who votes, who is healthy.",
    connection: connection::BOTH,
    flags: || FLAGS,
    run,
};

const FLAGS: &[Flag] = &[Flag {
    name: "format",
    takes: Takes::Text("string"),
    doc: "Form of the output: pretty or json.",
    default: "pretty",
}];

/// The agent's answer.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct State {
    healthy: bool,
    failure_tolerance: u64,
    leader: String,
    voters: Vec<String>,
    servers: BTreeMap<String, Server>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Server {
    name: String,
    address: String,
    version: String,
    status: String,
    node_type: String,
    node_status: String,
    healthy: bool,
    last_contact: String,
    last_term: u64,
    last_index: u64,
    meta: Option<BTreeMap<String, String>>,
}

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let is_json = match call.given.text("format").unwrap_or("pretty") {
        "pretty" => false,
        "json" => true,
        other => bail!("Unknown format: {other}"),
    };
    let answer = api(&call.given)?.ask(&Method::GET, "/v1/operator/autopilot/state", &[], Vec::new());
    let answer = answer.and_then(Answer::success).context("Error querying Autopilot state")?;
    if is_json {
        call.out.say(&json::indented(&String::from_utf8_lossy(answer.body()), "    "));
    } else {
        call.out.say(&shown(&answer.json().context("Error querying Autopilot state")?));
    }
    Ok(Exit::Success)
}

fn shown(state: &State) -> String {
    let mut text = format!(
        "Healthy:           {}\nFailure Tolerance: {}\nLeader:            {}\nVoters:\n",
        state.healthy, state.failure_tolerance, state.leader
    );
    text.extend(state.voters.iter().map(|id| format!("   {id}\n")));
    text.push_str("Servers:\n");
    text.extend(state.servers.iter().map(|(id, server)| format!("   {id}\n{}", of_server(server))));
    text
}

fn of_server(server: &Server) -> String {
    let rows = [
        ("Name:", server.name.clone()),
        ("Address:", server.address.clone()),
        ("Version:", server.version.clone()),
        ("Status:", server.status.clone()),
        ("Node Type:", server.node_type.clone()),
        ("Node Status:", server.node_status.clone()),
        ("Healthy:", server.healthy.to_string()),
        ("Last Contact:", server.last_contact.clone()),
        ("Last Term:", server.last_term.to_string()),
        ("Last Index:", server.last_index.to_string()),
    ];
    let mut text: String = rows.iter().map(|(name, value)| format!("      {name:<14} {value}\n")).collect();
    let meta = server.meta.iter().flatten().map(|(name, value)| format!("         {name:?}: {value:?}\n"));
    let meta: String = meta.collect();
    if !meta.is_empty() {
        text.push_str(&format!("      Meta\n{meta}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_stand_below_their_ids() {
        let json = r#"{"Healthy":true,"FailureTolerance":1,"Leader":"a","Voters":["a"],"Servers":{"a":{"Name":"n1",
            "Address":"10.0.0.1:8300","Version":"1.8.7","Status":"leader","NodeType":"voter","NodeStatus":"alive","Healthy":true,
            "LastContact":"0s","LastTerm":2,"LastIndex":20,"Meta":{"x":"y"}}}}"#;
        let text = shown(&serde_json::from_str(json).unwrap());
        assert!(text.starts_with(
            "Healthy:           true\nFailure Tolerance: 1\nLeader:            a\nVoters:\n   a\nServers:\n   a\n"
        ));
        assert!(text.ends_with("      Last Index:    20\n      Meta\n         \"x\": \"y\"\n"), "{text}");
    }
}
