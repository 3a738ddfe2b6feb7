//! What is registered at an agent outlives it, and reaches the catalog whoever leads.

use std::fs;
use std::net::SocketAddr;

use serde_json::{Value, json};

use super::support::cluster::Cluster;
use super::support::http::{self, text};
use super::support::wait::wait_until;

#[test]
fn a_service_is_there_again_although_its_agent_was_killed_right_after_the_answer() {
    let mut cluster = Cluster::of_three_with_a_leader();
    let asked = cluster.leader();
    let agent = cluster.others(asked)[0];
    let service = json!({"Name": "web", "Port": 80, "Check": {"TTL": "10m"}, "Connect": {"SidecarService": {}}});
    put(cluster.servers[agent].http(), "/v1/agent/service/register", &service);
    put(cluster.servers[agent].http(), "/v1/agent/check/pass/service:web?note=fine", &Value::Null);
    cluster.servers[agent].kill();
    cluster.start(agent);
    let restarted = cluster.servers[agent].http();
    wait_until("the agent holds it again", || held(restarted, &["web", "web-sidecar-proxy"]));
    let checks = answer(restarted, "/v1/agent/checks").unwrap();
    assert_eq!(
        (&checks["service:web"]["Status"], &checks["service:web"]["Output"]),
        (&"passing".into(), &"fine".into())
    );
    for server in cluster.http() {
        wait_until("the catalog has it", || told(server, &cluster.servers[agent].name, &["service:web passing"]));
    }
}

#[test]
fn a_service_registered_while_there_is_no_leader_reaches_the_catalog_of_the_next() {
    let mut cluster = Cluster::of_three_with_a_leader();
    let killed = cluster.leader();
    let others = cluster.others(killed);
    let agent = others[0];
    put(cluster.servers[agent].http(), "/v1/agent/service/register", &json!({"Name": "before"}));
    cluster.servers[killed].kill();
    let during = json!({"Name": "during", "Check": {"TTL": "10m", "Status": "passing"}});
    put(cluster.servers[agent].http(), "/v1/agent/service/register", &during);
    put(cluster.servers[agent].http(), "/v1/agent/service/deregister/before", &Value::Null);
    cluster.leader_among(&others);
    for place in others {
        let server = cluster.servers[place].http();
        wait_until("the catalog has it", || told(server, &cluster.servers[agent].name, &["service:during passing"]));
        wait_until("the other one is gone", || match list(server, "/v1/catalog/service/before")?.len() {
            0 => Ok(()),
            count => Err(format!("{count} instances")),
        });
    }
}

#[test]
fn an_agent_sets_right_what_others_wrote_about_its_node_and_takes_back_what_they_took() {
    let mut cluster = Cluster::of_three_with_a_leader();
    let asked = cluster.leader();
    let (agent, server) = (cluster.others(asked)[0], cluster.servers[asked].http());
    let node = cluster.servers[agent].name.clone();
    put(cluster.servers[agent].http(), "/v1/agent/service/register", &json!({"Name": "own", "Check": {"TTL": "10m"}}));
    wait_until("the catalog has it", || told(server, &node, &["service:own critical"]));
    let address = cluster.servers[agent].address.to_string();
    let foreign = json!({"Node": node, "Address": address, "Service": {"Service": "foreign"}});
    put(server, "/v1/catalog/register", &foreign);
    put(server, "/v1/catalog/deregister", &json!({"Node": node, "ServiceID": "own"}));
    // It looks when it starts; else it would be within two minutes.
    cluster.servers[agent].kill();
    cluster.start(agent);
    wait_until("its own is back", || told(server, &node, &["service:own critical"]));
    wait_until("the foreign one is gone", || match list(server, "/v1/catalog/service/foreign")?.len() {
        0 => Ok(()),
        count => Err(format!("{count} instances")),
    });
}

#[test]
fn what_files_define_wins_over_what_was_kept_and_damaged_files_are_left() {
    let mut cluster = Cluster::of(1);
    cluster.start_all();
    cluster.leader();
    let server = cluster.servers[0].http();
    put(server, "/v1/agent/service/register", &json!({"Name": "web", "Port": 1}));
    put(server, "/v1/agent/service/register", &json!({"Name": "api", "Port": 2}));
    cluster.servers[0].kill();
    let definitions = cluster.directory().join("services.hcl");
    fs::write(&definitions, "service { name = \"web\" port = 80 }").unwrap();
    cluster.more.push(format!("-config-file={}", definitions.display()));
    let damaged = cluster.servers[0].data_dir().join("services/damaged");
    fs::write(&damaged, "{\"Service\":").unwrap();
    cluster.start(0);
    wait_until("all are held", || held(server, &["api", "web"]));
    assert_eq!(answer(server, "/v1/agent/services").unwrap()["web"]["Port"], 80);
    assert!(damaged.exists(), "it is left for people to look at");
    let kept = fs::read_dir(damaged.parent().unwrap()).unwrap().count();
    assert_eq!(kept, 2, "the file of the service that is defined elsewhere is gone");
}

#[test]
fn an_event_for_a_service_is_heard_where_that_service_is_held() {
    let cluster = Cluster::of_three_with_a_leader();
    let [with, without] = [0, 1].map(|place| cluster.servers[place].http());
    put(with, "/v1/agent/service/register", &json!({"Name": "web"}));
    put(without, "/v1/event/fire/deploy?service=web", &Value::Null);
    put(without, "/v1/event/fire/all", &Value::Null);
    let heard =
        |server| list(server, "/v1/event/list").map(|heard| heard.iter().map(|one| text(&one["Name"])).collect());
    for (server, expected) in [(with, ["all", "deploy"].to_vec()), (without, ["all"].to_vec())] {
        wait_until("the events are heard", || {
            let mut names: Vec<String> = heard(server)?;
            names.sort();
            if names == expected { Ok(()) } else { Err(format!("{names:?}")) }
        });
    }
}

#[track_caller]
fn put(server: SocketAddr, path: &str, body: &Value) {
    let answer = http::put(server, path, &body.to_string()).unwrap_or_else(|failure| panic!("{path}: {failure}"));
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
}

fn answer(server: SocketAddr, path: &str) -> Result<Value, String> {
    let answer = http::get(server, path).map_err(|failure| failure.to_string())?;
    if answer.status == 200 { Ok(answer.json()) } else { Err(answer.body) }
}

fn list(server: SocketAddr, path: &str) -> Result<Vec<Value>, String> {
    answer(server, path)?.as_array().cloned().ok_or_else(|| "no list".to_owned())
}

/// Whether the agent holds exactly these services.
fn held(server: SocketAddr, services: &[&str]) -> Result<(), String> {
    let held = answer(server, "/v1/agent/services")?;
    let ids: Vec<&String> = held.as_object().into_iter().flatten().map(|(id, _)| id).collect();
    if ids == services { Ok(()) } else { Err(format!("{ids:?}")) }
}

/// Whether the catalog has these checks on the node, among others, with these statuses.
fn told(server: SocketAddr, node: &str, checks: &[&str]) -> Result<(), String> {
    let told = list(server, &format!("/v1/health/node/{node}"))?;
    let told: Vec<_> =
        told.iter().map(|check| format!("{} {}", text(&check["CheckID"]), text(&check["Status"]))).collect();
    if checks.iter().all(|check| told.iter().any(|told| told == check)) { Ok(()) } else { Err(format!("{told:?}")) }
}
