//! Members that an operator names over HTTP: joined, declared gone, forgotten.

use std::net::SocketAddr;

use super::support::client::Client;
use super::support::cluster::Cluster;
use super::support::http::{self, text};
use super::support::wait::wait_until;

/// serf's numbers of the state.
const ALIVE: u64 = 1;
const LEFT: u64 = 3;
const FAILED: u64 = 4;

/// The state of a member as an agent sees it; `None` when it knows none of that name.
fn state(agent: SocketAddr, name: &str) -> Option<u64> {
    let members = http::get(agent, "/v1/agent/members").ok()?.json();
    let members = members.as_array()?.clone();
    members.iter().find(|member| text(&member["Name"]) == name)?["Status"].as_u64()
}

fn becomes(agent: SocketAddr, name: &str, wanted: Option<u64>) {
    wait_until("the member is as it should be", || {
        let seen = state(agent, name);
        if seen == wanted { Ok(()) } else { Err(format!("{name} is {seen:?}")) }
    });
}

fn told(agent: SocketAddr, path: &str) -> (u16, String) {
    let answer = http::put(agent, path, "").unwrap();
    (answer.status, answer.body)
}

#[test]
fn a_member_that_failed_is_gone_when_an_operator_says_so_and_forgotten_when_pruned() {
    let mut cluster = Cluster::of(1);
    cluster.start_all();
    cluster.leader();
    let server = cluster.servers[0].http();
    let mut client = Client::of(&cluster, "c1", 11);
    becomes(server, "c1", Some(ALIVE));
    assert_eq!(
        told(server, "/v1/agent/force-leave/nobody"),
        (500, "agent: No node found with name 'nobody'".to_owned())
    );
    client.kill();
    becomes(server, "c1", Some(FAILED));
    assert_eq!(told(server, "/v1/agent/force-leave/c1"), (200, String::new()));
    becomes(server, "c1", Some(LEFT));
    assert_eq!(told(server, "/v1/agent/force-leave/c1?prune"), (200, String::new()));
    becomes(server, "c1", None);
}

#[test]
fn an_agent_joins_whom_an_operator_names() {
    let mut cluster = Cluster::of(1);
    cluster.start_all();
    cluster.leader();
    let server = cluster.servers[0].http();
    let mut client = Client::new("c1", cluster.range.address(11), cluster.directory());
    client.start(&[]);
    wait_until("the client agent answers", || {
        http::get(client.http(), "/v1/agent/members").map_err(|failure| failure.to_string())
    });
    assert_eq!(state(server, "c1"), None);
    let nobody = cluster.range.address(99);
    let refused = format!(
        "1 error occurred:\n\t* Failed to join {nobody}: dial tcp {nobody}:8301: connect: connection refused\n\n",
    );
    assert_eq!(told(client.http(), &format!("/v1/agent/join/{nobody}")), (500, refused));
    assert_eq!(told(client.http(), &format!("/v1/agent/join/{}", server.ip())), (200, String::new()));
    becomes(server, "c1", Some(ALIVE));
    becomes(client.http(), "c1", Some(ALIVE));
}
