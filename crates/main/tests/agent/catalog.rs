//! What the catalog says of the servers themselves: they register on their own, fail, come back and move.

use std::net::SocketAddr;

use serde_json::Value;

use super::support::cluster::Cluster;
use super::support::http::{self, text};
use super::support::wait::wait_until;

#[test]
fn every_server_is_a_node_that_passes_and_an_instance_of_the_service_consul() {
    let cluster = Cluster::of_three_with_a_leader();
    for server in cluster.http() {
        wait_until("all are registered as they are", || is_told(&cluster, server, &["passing"; 3]));
    }
    let instances = list(cluster.servers[0].http(), "/v1/catalog/service/consul").unwrap();
    for (instance, server) in instances.iter().zip(&cluster.servers) {
        assert_eq!(text(&instance["Node"]), server.name);
        assert_eq!(instance["ServicePort"], 8300);
        assert_eq!(instance["ServiceMeta"]["version"], "1.8.7");
    }
}

#[test]
fn a_killed_server_turns_critical_and_passes_again_when_it_is_back() {
    let mut cluster = Cluster::of_three_with_a_leader();
    let asked = cluster.leader();
    let killed = cluster.others(asked)[0];
    let (mut critical, server) = (["passing"; 3], cluster.servers[asked].http());
    critical[killed] = "critical";
    wait_until("all pass", || is_told(&cluster, server, &["passing"; 3]));
    cluster.servers[killed].kill();
    wait_until("the killed one is critical", || is_told(&cluster, server, &critical));
    cluster.start(killed);
    wait_until("all pass again", || is_told(&cluster, server, &["passing"; 3]));
}

#[test]
fn all_servers_back_on_other_addresses_are_listed_there_and_none_was_removed() {
    let mut cluster = Cluster::of_three_with_a_leader();
    wait_until("all pass", || is_told(&cluster, cluster.servers[0].http(), &["passing"; 3]));
    let before = created(cluster.servers[0].http());
    for octets in [[11, 12, 13], [12, 13, 11]] {
        cluster.stop_all();
        cluster.move_to(octets);
        cluster.start_all();
        cluster.leader();
        for server in cluster.http() {
            wait_until("all pass at their new addresses", || is_told(&cluster, server, &["passing"; 3]));
        }
        assert_eq!(created(cluster.servers[0].http()), before, "whoever is removed and comes back is made anew");
    }
}

#[test]
fn a_server_that_leaves_is_gone_from_the_catalog() {
    let mut cluster = Cluster::of_three_with_a_leader();
    let asked = cluster.leader();
    let leaving = cluster.others(asked)[0];
    let server = cluster.servers[asked].http();
    wait_until("all pass", || is_told(&cluster, server, &["passing"; 3]));
    http::put(cluster.servers[leaving].http(), "/v1/agent/leave", "").unwrap();
    cluster.servers[leaving].end();
    wait_until("two nodes are listed", || match list(server, "/v1/catalog/nodes")?.len() {
        2 => Ok(()),
        count => Err(format!("{count} nodes")),
    });
}

/// Whether the catalog lists exactly the cluster's servers, each where it is, with its own tagged address and of this health.
fn is_told(cluster: &Cluster, asked: SocketAddr, health: &[&str]) -> Result<(), String> {
    let nodes: Vec<_> = list(asked, "/v1/catalog/nodes")?
        .iter()
        .map(|node| (text(&node["Node"]), text(&node["Address"]), node["TaggedAddresses"]["wan_ipv4"].clone()))
        .collect();
    let expected: Vec<_> = cluster.servers.iter().map(|server| (&server.name, server.address.to_string())).collect();
    let expected: Vec<_> =
        expected.into_iter().map(|(name, address)| (name.clone(), address.clone(), Value::from(address))).collect();
    let checks = list(asked, "/v1/health/state/any")?;
    let told: Vec<_> = checks.iter().map(|check| (text(&check["CheckID"]), text(&check["Status"]))).collect();
    let wanted: Vec<_> = health.iter().map(|status| ("serfHealth".to_owned(), (*status).to_owned())).collect();
    if nodes == expected && told == wanted { Ok(()) } else { Err(format!("{nodes:?} {told:?}")) }
}

/// The index at which each node was made.
fn created(asked: SocketAddr) -> Vec<Value> {
    list(asked, "/v1/catalog/nodes").unwrap().iter().map(|node| node["CreateIndex"].clone()).collect()
}

fn list(asked: SocketAddr, path: &str) -> Result<Vec<Value>, String> {
    let answer = http::get(asked, path).map_err(|failure| failure.to_string())?;
    if answer.status != 200 {
        return Err(answer.body);
    }
    answer.json().as_array().cloned().ok_or_else(|| format!("no list: {answer:?}"))
}
