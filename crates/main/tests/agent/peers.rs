//! Programs of others against ours: a plain serf agent in the pool, and Consul's own command line.

use std::fs::File;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::support::cluster::Cluster;
use super::support::command::run;
use super::support::http;
use super::support::peer;
use super::support::process::Process;
use super::support::wait::wait_until;

#[test]
fn a_real_serf_agent_joins_and_lists_three_servers_with_their_tags() {
    let Some(serf) = peer::fetched("serf") else { return };
    let cluster = Cluster::of_three_with_a_leader();
    let address = cluster.range.address(99);
    let log = File::create(cluster.directory().join("serf.log")).unwrap();
    let mut agent = Command::new(&serf);
    agent.arg("agent").args([
        format!("-bind={address}:8301"),
        format!("-rpc-addr={address}:7373"),
        "-node=stranger".to_owned(),
        "-profile=lan".to_owned(),
        format!("-join={}:8301", cluster.servers[0].address),
    ]);
    agent.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
    let _agent = Process::start(&mut agent);
    let rpc = format!("-rpc-addr={address}:7373");
    let members = wait_until("serf lists four members alive", || {
        let listed = run(&serf, &["members", "-format=json", "-status=alive", &rpc]);
        let parsed: Value = serde_json::from_str(&listed.out).map_err(|error| format!("{error}: {listed:?}"))?;
        let members = parsed["members"].as_array().cloned().unwrap_or_default();
        if members.len() == 4 { Ok(members) } else { Err(format!("{members:?}")) }
    });
    for server in &cluster.servers {
        let member = members.iter().find(|member| member["name"] == server.name).expect("is listed");
        let tags = &member["tags"];
        assert_eq!(member["addr"], format!("{}:8301", server.address));
        assert_eq!((&tags["role"], &tags["dc"], &tags["port"]), (&"consul".into(), &"dc1".into(), &"8300".into()));
        assert_eq!((&tags["expect"], &tags["vsn"], &tags["raft_vsn"]), (&"3".into(), &"2".into(), &"3".into()));
        assert_eq!(tags["id"].as_str().map(str::len), Some(36), "{tags}");
    }
    wait_until("our server lists the stranger", || {
        let told = http::get(cluster.servers[2].http(), "/v1/agent/members").unwrap().json();
        let found =
            told.as_array().expect("a list").iter().any(|member| member["Name"] == "stranger" && member["Status"] == 1);
        if found { Ok(()) } else { Err(told.to_string()) }
    });
}

#[test]
fn the_real_consul_command_line_works_against_our_servers() {
    let Some(consul) = peer::fetched("consul") else { return };
    let cluster = Cluster::of_three_with_a_leader();
    let consul = |words: &[&str], place: usize| {
        let address = format!("-http-addr={}", cluster.servers[place].http());
        run(&consul, &[words, &[&address]].concat())
    };
    let members = consul(&["members"], 0).success();
    for server in &cluster.servers {
        let line = members.lines().find(|line| line.starts_with(&server.name)).unwrap_or_else(|| panic!("{members}"));
        let words: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(words[1..4], [&format!("{}:8301", server.address), "alive", "server"]);
    }
    let peers = consul(&["operator", "raft", "list-peers"], 1).success();
    assert_eq!(peers.lines().filter(|line| line.contains(" leader ")).count(), 1, "{peers}");
    assert_eq!(peers.lines().filter(|line| line.contains(" true ")).count(), 3, "{peers}");

    // Flags stand before words on Consul's command line, so the address goes by the environment's place: first.
    let address = |place: usize| format!("-http-addr={}", cluster.servers[place].http());
    let kv = |verb: &str, place: usize, words: &[&str]| {
        let program = peer::fetched("consul").expect("was there");
        run(&program, &[&["kv", verb, &address(place)], words].concat())
    };
    assert_eq!(kv("put", 0, &["colour", "green"]).success(), "Success! Data written to: colour\n");
    assert_eq!(kv("get", 1, &["colour"]).success(), "green\n");
    assert_eq!(kv("delete", 2, &["colour"]).success(), "Success! Deleted key: colour\n");
}
