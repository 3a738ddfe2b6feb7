//! `operator raft list-peers`: who takes part in the replicated log.

use anyhow::Context;
use proconsul_base::text::table;
use serde::Deserialize;

use crate::command::{self, Call, Command, Exit};
use crate::connection;
use crate::operator::api;

pub(crate) const COMMAND: Command = Command {
    words: "operator raft list-peers",
    usage: "[options]",
    synopsis: "Shows who takes part in the replicated log",
    about: "  Prints every server of the replicated log, who leads and who votes.",
    connection: connection::BOTH,
    flags: command::no_flags,
    run,
};

/// The agent's answer.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Configuration {
    servers: Vec<Server>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Server {
    #[serde(rename = "ID")]
    id: String,
    node: String,
    address: String,
    leader: bool,
    voter: bool,
    #[serde(default)]
    protocol_version: String,
}

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let configuration: Result<Configuration, _> = api(&call.given)?.json("/v1/operator/raft/configuration", &[]);
    let configuration = configuration.context("Error getting peers: Failed to retrieve raft configuration")?;
    call.out.say(&listing(&configuration));
    Ok(Exit::Success)
}

fn listing(configuration: &Configuration) -> String {
    let heading = ["Node", "ID", "Address", "State", "Voter", "RaftProtocol"].map(str::to_owned).to_vec();
    let row = |server: &Server| {
        let state = if server.leader { "leader" } else { "follower" };
        let protocol = if server.protocol_version.is_empty() { "<=1" } else { &server.protocol_version };
        let voter = server.voter.to_string();
        [&server.node, &server.id, &server.address, state, &voter, protocol].map(|cell: &str| cell.to_owned()).to_vec()
    };
    let rows: Vec<Vec<String>> = [heading].into_iter().chain(configuration.servers.iter().map(row)).collect();
    table::columns(&rows, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peers_are_listed_in_consuls_columns() {
        let json = r#"{"Servers":[
            {"ID":"8b89e2a3","Node":"vm","Address":"127.0.0.1:8300","Leader":true,"ProtocolVersion":"3","Voter":true},
            {"ID":"x","Node":"(unknown)","Address":"127.0.0.2:8300","Leader":false,"ProtocolVersion":"","Voter":false}],"Index":0}"#;
        assert_eq!(
            listing(&serde_json::from_str(json).unwrap()),
            "Node       ID        Address         State     Voter  RaftProtocol\n\
             vm         8b89e2a3  127.0.0.1:8300  leader    true   3\n\
             (unknown)  x         127.0.0.2:8300  follower  false  <=1\n"
        );
    }
}
