//! A cluster as a user meets it first: keys, the page, the lists, by both names of the program.

use std::os::unix::fs::symlink;

use super::support::cluster::Cluster;
use super::support::command::{PROCONSUL, proconsul, run};
use super::support::http;

#[test]
fn three_servers_accept_a_write_and_all_of_them_read_it() {
    let cluster = Cluster::of_three_with_a_leader();
    for writer in 0..3 {
        let key = format!("written/through/{writer}");
        cluster.put(writer, &key, "hello");
        for reader in 0..3 {
            assert_eq!(cluster.read(reader, &key), "hello");
            let default = http::get(cluster.servers[reader].http(), &format!("/v1/kv/{key}?raw")).unwrap();
            assert_eq!((default.status, default.body.as_str()), (200, "hello"));
            assert_eq!(default.header("x-consul-knownleader"), Some("true"));
        }
    }
}

#[test]
fn the_front_page_sends_a_visitor_on_with_consuls_own_body() {
    let cluster = Cluster::of_three_with_a_leader();
    for server in cluster.http() {
        let answer = http::get(server, "/").unwrap();
        assert_eq!((answer.status, answer.header("location")), (301, Some("/ui/")));
        assert_eq!(answer.body, "<a href=\"/ui/\">Moved Permanently</a>.\n\n");
        assert_eq!(http::get(server, "/ui/").unwrap().status, 200);
    }
}

#[test]
fn members_and_peers_are_listed_under_both_names_of_the_program() {
    let cluster = Cluster::of_three_with_a_leader();
    let consul = cluster.directory().join("consul");
    symlink(PROCONSUL, &consul).unwrap();
    let leader = cluster.leader();
    for server in &cluster.servers {
        let address = format!("-http-addr={}", server.http());
        let members = proconsul(&["members", &address]).success();
        assert_eq!(run(&consul, &["members", &address]).success(), members);
        let expected = cluster.servers.iter().map(|server| {
            [&server.name, &format!("{}:8301", server.address), "alive", "server", "1.8.7", "2", "dc1", "<all>"]
                .map(str::to_owned)
                .to_vec()
        });
        let heading = ["Node", "Address", "Status", "Type", "Build", "Protocol", "DC", "Segment"].map(str::to_owned);
        assert_eq!(rows(&members), [heading.to_vec()].into_iter().chain(expected).collect::<Vec<_>>());

        let peers = proconsul(&["operator", "raft", "list-peers", &address]).success();
        assert_eq!(run(&consul, &["operator", "raft", "list-peers", &address]).success(), peers);
        let mut peers = rows(&peers);
        assert_eq!(peers.remove(0), ["Node", "ID", "Address", "State", "Voter", "RaftProtocol"]);
        peers.sort();
        for (place, (peer, server)) in peers.iter().zip(&cluster.servers).enumerate() {
            let state = if place == leader { "leader" } else { "follower" };
            assert_eq!(peer[1].len(), 36, "a node id");
            assert_eq!(
                [&peer[0], &peer[2], &peer[3], &peer[4], &peer[5]],
                [server.name.as_str(), &format!("{}:8300", server.address), state, "true", "3"]
            );
        }
        assert_eq!(peers.len(), 3);
    }
}

#[test]
fn a_key_goes_in_and_out_by_the_command_line() {
    let cluster = Cluster::of_three_with_a_leader();
    let through = |place: usize| format!("-http-addr=http://{}", cluster.servers[place].http());
    assert_eq!(
        proconsul(&["kv", "put", &through(0), "colour", "green"]).success(),
        "Success! Data written to: colour\n"
    );
    assert_eq!(proconsul(&["kv", "get", &through(1), "colour"]).success(), "green\n");
    assert_eq!(proconsul(&["kv", "delete", &through(2), "colour"]).success(), "Success! Deleted key: colour\n");
    assert_eq!(proconsul(&["kv", "get", &through(1), "colour"]).failure(), "Error! No key exists at: colour\n");
}

fn rows(table: &str) -> Vec<Vec<String>> {
    table.lines().map(|line| line.split_whitespace().map(str::to_owned).collect()).collect()
}
