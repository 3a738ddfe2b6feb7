//! Client agents: everything through one of them while leaders are killed, and how the cluster sees them come and go.

use std::fs::File;
use std::net::Ipv4Addr;
use std::process::{Command, Stdio};
use std::thread;

use nix::sys::signal::Signal;
use serde_json::Value;

use super::support::client::Client;
use super::support::cluster::Cluster;
use super::support::command::run;
use super::support::http::{self, text};
use super::support::load::Load;
use super::support::peer;
use super::support::process::Process;
use super::support::wait::wait_until;

#[test]
fn everything_works_through_a_client_agent_while_the_leader_is_killed() {
    let mut cluster = Cluster::of_three_with_a_leader();
    let client = Client::of(&cluster, "c1", 11);
    is_in_touch(&client);
    let service = r#"{"Name":"web","Port":80,"Tags":["v1"]}"#;
    done(&client, "/v1/agent/service/register", service);
    wait_until("the service is healthy", || passing(&client, "web", 1));
    let session = text(&put(&client, "/v1/session/create", r#"{"LockDelay":"0s"}"#)["ID"]);
    assert_eq!(put(&client, &format!("/v1/kv/lock?acquire={session}"), "mine"), true);

    let leader = cluster.leader();
    let load = Load::start(&[client.http()], 3);
    load.goes_on_for(50);
    // A key that is there has an index of its own: other writes, and another server, wake nobody who waits for it.
    done(&client, "/v1/kv/signal", "awaited");
    let index = http::get(client.http(), "/v1/kv/signal").unwrap();
    let index: u64 = index.header("x-consul-index").expect("is told").parse().expect("a number");
    let waiting = format!("/v1/kv/signal?index={index}&wait=10s");
    thread::scope(|scope| {
        let waiting = scope.spawn(|| http::get(client.http(), &waiting));
        cluster.servers[leader].kill();
        load.goes_on_for(50);
        done(&client, "/v1/kv/signal", "given");
        let told = waiting.join().unwrap().unwrap();
        assert_eq!((told.status, http::value(&told.json()[0])), (200, "given".to_owned()));
    });
    let written = load.stop();
    written.assert_kept(client.http());
    let told = http::get(client.http(), "/v1/kv/lock").unwrap().json();
    assert_eq!(text(&told[0]["Session"]), session, "the lock is still held");
    wait_until("the service is healthy still", || passing(&client, "web", 1));
    asked_over_dns(client.address, "web.service.consul", client.address);
    cluster.start(leader);
    cluster.leader();
}

#[test]
fn servers_of_consul_answer_a_client_agent_of_ours() {
    let Some(consul) = peer::fetched("consul") else { return };
    let cluster = Cluster::of(0);
    let address = cluster.range.address(1);
    let log = File::create(cluster.directory().join("consul.log")).unwrap();
    let mut server = Command::new(consul);
    server.args(["agent", "-server", "-bootstrap-expect=1", "-node=s1", "-hcl=connect { enabled = true }"]);
    server.args([format!("-bind={address}"), format!("-client={address}")]);
    server.arg(format!("-data-dir={}", cluster.directory().join("consul").display()));
    server.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
    let _server = Process::start(&mut server);
    let mut client = Client::new("c1", cluster.range.address(11), cluster.directory());
    client.start(&[address]);
    is_in_touch(&client);
    done(&client, "/v1/agent/service/register", r#"{"Name":"web","Port":80,"Tags":["v1"]}"#);
    wait_until("the service is healthy", || passing(&client, "web", 1));
    let session = text(&put(&client, "/v1/session/create", r#"{"TTL":"10s"}"#)["ID"]);
    assert_eq!(put(&client, &format!("/v1/kv/lock?acquire={session}"), "mine"), true);
    for (path, body, expected) in [
        ("/v1/kv/a", "b", "true"),
        ("/v1/kv/a?cas=1", "c", "false"),
        ("/v1/config", r#"{"Kind":"service-defaults","Name":"web","Protocol":"http"}"#, "true"),
        ("/v1/txn", r#"[{"KV":{"Verb":"set","Key":"t","Value":"eA=="}}]"#, r#""Key":"t""#),
        ("/v1/operator/autopilot/configuration", r#"{"CleanupDeadServers":false}"#, "true"),
        ("/v1/event/fire/deploy", "now", r#""Name":"deploy""#),
        ("/v1/session/renew/SESSION", "", r#""TTL":"10s""#),
    ] {
        let path = path.replace("SESSION", &session);
        let answer = http::put(client.http(), &path, body).unwrap_or_else(|failure| panic!("{path}: {failure}"));
        assert!(answer.status == 200 && answer.body.contains(expected), "{path}: {answer:?}");
    }
    for (path, expected) in [
        ("/v1/kv/lock", &*session),
        ("/v1/kv/?keys", r#"["a","lock","t"]"#),
        ("/v1/catalog/node/c1", r#""web""#),
        ("/v1/catalog/service/web", r#""ServicePort":80"#),
        ("/v1/health/state/passing?near=_agent", "serfHealth"),
        ("/v1/config/service-defaults/web", r#""Protocol":"http""#),
        ("/v1/discovery-chain/web", r#""Protocol":"http""#),
        ("/v1/session/node/c1", &*session),
        ("/v1/status/peers", &format!("{address}:8300")),
        ("/v1/internal/ui/services", r#""Name":"web""#),
        ("/v1/catalog/services?consistent", r#""web":["v1"]"#),
    ] {
        let answer = http::get(client.http(), path).unwrap_or_else(|failure| panic!("{path}: {failure}"));
        assert!(answer.status == 200 && answer.body.contains(expected), "{path}: {answer:?}");
    }
    asked_over_dns(client.address, "v1.web.service.consul", client.address);
}

#[test]
fn a_client_agent_that_is_killed_turns_critical_and_finds_its_cluster_again_by_itself() {
    let mut cluster = Cluster::of(1);
    cluster.start_all();
    cluster.leader();
    let mut client = Client::of(&cluster, "c1", 11);
    let watched = |client: &Client, wanted: &str| {
        wait_until("the health of the node is as it should be", || {
            let checks = http::get(cluster.servers[0].http(), &format!("/v1/health/node/{}", client.name));
            let checks = checks.map_err(|failure| failure.to_string())?.json();
            let is_so = |check: &Value| check["CheckID"] == "serfHealth" && check["Status"] == wanted;
            if checks.as_array().is_some_and(|checks| checks.iter().any(is_so)) {
                Ok(())
            } else {
                Err(checks.to_string())
            }
        });
    };
    watched(&client, "passing");
    is_in_touch(&client);
    let memory = cluster.directory().join("c1/data/serf/local.snapshot");
    wait_until("the agent remembers its server", || {
        let kept = std::fs::read_to_string(&memory).unwrap_or_default();
        if kept.contains("alive: s1 ") { Ok(()) } else { Err(kept) }
    });
    client.kill();
    watched(&client, "critical");
    client.start(&[]);
    watched(&client, "passing");
    is_in_touch(&client);
}

#[test]
fn a_client_agent_leaves_when_it_is_told_to_stop() {
    let mut cluster = Cluster::of(1);
    cluster.start_all();
    cluster.leader();
    for (last, signal) in [(11, Signal::SIGTERM), (12, Signal::SIGINT)] {
        let mut client = Client::of(&cluster, &format!("c{last}"), last);
        is_in_touch(&client);
        wait_until("the node is known", || known(&cluster, &client.name, true));
        assert_eq!(client.end_with(signal), Some(0), "leaving counts as success");
        wait_until("the node is gone", || known(&cluster, &client.name, false));
        assert!(client.log().contains("Graceful exit completed"), "{}", client.log());
    }
}

#[test]
fn without_servers_a_client_agent_says_so() {
    let cluster = Cluster::of(0);
    let mut client = Client::new("c1", cluster.range.address(11), cluster.directory());
    client.start(&[cluster.range.address(1)]);
    let answer =
        wait_until("the agent answers", || http::get(client.http(), "/v1/kv/a").map_err(|failure| failure.to_string()));
    assert_eq!((answer.status, &*answer.body), (500, "No known Consul servers"));
    let local = http::get(client.http(), "/v1/agent/self").unwrap().json();
    assert_eq!((&local["Config"]["Server"], &local["Stats"]["consul"]["known_servers"]), (&false.into(), &"0".into()));
}

pub(super) fn is_in_touch(client: &Client) {
    wait_until("the agent knows the leader", || match http::get(client.http(), "/v1/status/leader") {
        Ok(answer) if answer.status == 200 && answer.body.len() > 2 => Ok(()),
        other => Err(format!("{other:?}")),
    });
}

pub(super) fn put(client: &Client, path: &str, body: &str) -> Value {
    http::put(client.http(), path, body).unwrap_or_else(|failure| panic!("{path}: {failure}")).json()
}

pub(super) fn done(client: &Client, path: &str, body: &str) {
    let answer = http::put(client.http(), path, body).unwrap_or_else(|failure| panic!("{path}: {failure}"));
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
}

pub(super) fn passing(client: &Client, service: &str, wanted: usize) -> Result<(), String> {
    let answer = http::get(client.http(), &format!("/v1/health/service/{service}?passing"));
    let answer = answer.map_err(|failure| failure.to_string())?;
    let count = (answer.status == 200).then(|| answer.json().as_array().map_or(0, Vec::len));
    if count == Some(wanted) { Ok(()) } else { Err(format!("{answer:?}")) }
}

fn known(cluster: &Cluster, name: &str, wanted: bool) -> Result<(), String> {
    let nodes =
        http::get(cluster.servers[0].http(), "/v1/catalog/nodes").map_err(|failure| failure.to_string())?.json();
    let is_known = nodes.as_array().is_some_and(|nodes| nodes.iter().any(|node| node["Node"] == name));
    if is_known == wanted { Ok(()) } else { Err(nodes.to_string()) }
}

/// Asks the agent at an address for a name, where `dig` is there to do it.
pub(super) fn asked_over_dns(agent: Ipv4Addr, name: &str, expected: Ipv4Addr) {
    let Some(dig) = peer::fetched("dig") else { return };
    let at = format!("@{agent}");
    let told = run(&dig, &[&at, "-p", "8600", "+short", name]).success();
    assert_eq!(told.trim(), expected.to_string());
}
