//! Client agents of Consul itself, with servers of ours.

use std::net::Ipv4Addr;
use std::thread;

use super::client_agents::{asked_over_dns, done, is_in_touch, passing, put};
use super::support::client::Client;
use super::support::cluster::Cluster;
use super::support::http::{self, Response, text};
use super::support::load::Load;
use super::support::peer;
use super::support::wait::wait_until;

/// A client agent of Consul that knows the servers of a cluster, if there is such a program.
fn consul(cluster: &Cluster, name: &str, last: u8) -> Option<Client> {
    let program = peer::fetched("consul")?;
    let mut client = Client::new(name, cluster.range.address(last), cluster.directory());
    let servers: Vec<Ipv4Addr> = cluster.servers.iter().map(|server| server.address).collect();
    client.start_as(&program, &servers);
    is_in_touch(&client);
    Some(client)
}

/// A read that waits. Consul's agents give one up whose server is gone, and leave it to their users to ask again.
fn patiently(client: &Client, path: &str) -> Response {
    loop {
        let answer = http::get(client.http(), path).unwrap();
        if !(answer.status == 500 && answer.body.ends_with("EOF")) {
            return answer;
        }
    }
}

#[test]
fn everything_works_through_a_client_agent_of_consul_while_our_leader_is_killed() {
    let mut cluster = Cluster::of_three_with_a_leader();
    let Some(client) = consul(&cluster, "c1", 11) else { return };
    done(&client, "/v1/agent/service/register", r#"{"Name":"web","Port":80,"Tags":["v1"]}"#);
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
    let waiting = format!("/v1/kv/signal?index={index}&wait=60s");
    thread::scope(|scope| {
        let waiting = scope.spawn(|| patiently(&client, &waiting));
        cluster.servers[leader].kill();
        load.goes_on_for(50);
        // Consul's agents make a write again only when they know that it was not made.
        wait_until("a write passes", || match http::put(client.http(), "/v1/kv/signal", "given") {
            Ok(answer) if answer.status == 200 => Ok(()),
            other => Err(format!("{other:?}")),
        });
        let told = waiting.join().unwrap();
        assert_eq!((told.status, http::value(&told.json()[0])), (200, "given".to_owned()));
    });
    load.stop().assert_kept(cluster.servers[(leader + 1) % 3].http());
    let told = http::get(client.http(), "/v1/kv/lock").unwrap().json();
    assert_eq!(text(&told[0]["Session"]), session, "the lock is still held");
    wait_until("the service is healthy still", || passing(&client, "web", 1));
    asked_over_dns(client.address, "web.service.consul", client.address);
    cluster.start(leader);
    cluster.leader();
}

#[test]
fn the_catalog_says_what_a_client_agent_of_consul_holds_and_forgets_it_again() {
    let mut cluster = Cluster::of(1);
    cluster.start_all();
    cluster.leader();
    let Some(client) = consul(&cluster, "c1", 11) else { return };
    let check = r#"{"Name":"web","Port":80,"Meta":{"k":"v"},"Check":{"TTL":"1h","Status":"warning"}}"#;
    done(&client, "/v1/agent/service/register", check);
    done(&client, "/v1/agent/check/register", r#"{"Name":"disk","TTL":"1h","Status":"passing"}"#);
    let server = cluster.servers[0].http();
    let shown = |wanted: &[(&str, &str)]| {
        wait_until("the catalog is as the agent", || {
            let checks = http::get(server, "/v1/health/node/c1").map_err(|failure| failure.to_string())?.json();
            let checks = checks.as_array().map(Vec::as_slice).unwrap_or_default();
            let told: Vec<_> = checks.iter().map(|check| (text(&check["CheckID"]), text(&check["Status"]))).collect();
            let wanted = wanted.iter().map(|(id, status)| ((*id).to_owned(), (*status).to_owned()));
            if told.iter().cloned().eq(wanted) { Ok(()) } else { Err(format!("{told:?}")) }
        });
    };
    shown(&[("disk", "passing"), ("serfHealth", "passing"), ("service:web", "warning")]);
    done(&client, "/v1/agent/check/fail/service:web", "");
    done(&client, "/v1/agent/check/deregister/disk", "");
    shown(&[("serfHealth", "passing"), ("service:web", "critical")]);
    done(&client, "/v1/agent/service/deregister/web", "");
    shown(&[("serfHealth", "passing")]);
}
