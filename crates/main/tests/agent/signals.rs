//! Signals to the leader: it hands over before it goes, and knows nothing better when it has slept.

use nix::sys::signal::Signal;

use super::support::cluster::Cluster;
use super::support::http;
use super::support::load::Load;

/// Asked of a server before it wakes, and again after.
const QUESTIONS: usize = 8;

#[test]
fn a_leader_that_is_told_to_stop_hands_over_without_a_failed_write() {
    let mut cluster = Cluster::of_three_with_a_leader();
    let leader = cluster.leader();
    let load = Load::start(&cluster.http(), 3);
    load.goes_on_for(50);
    assert!(cluster.servers[leader].pid_file().exists());
    cluster.servers[leader].send(Signal::SIGTERM);
    assert_eq!(cluster.servers[leader].end(), Some(1), "only leaving counts as success");
    assert!(!cluster.servers[leader].pid_file().exists(), "its pid file is gone");
    load.goes_on_for(50);
    let written = load.stop();
    assert_eq!(written.failed, Vec::<String>::new());
    written.assert_kept(cluster.servers[cluster.leader()].http());
}

#[test]
fn a_leader_that_is_interrupted_stops_without_leaving() {
    let mut cluster = Cluster::of_three_with_a_leader();
    let leader = cluster.leader();
    cluster.servers[leader].send(Signal::SIGINT);
    assert_eq!(cluster.servers[leader].end(), Some(1), "servers do not leave on SIGINT");
    let peers = cluster.peers(cluster.leader()).unwrap();
    assert_eq!(peers.iter().filter(|peer| peer["Voter"] == true).count(), 3);
}

#[test]
fn a_leader_that_has_slept_answers_no_consistent_read_from_before() {
    let cluster = Cluster::of_three_with_a_leader();
    let old = cluster.leader();
    cluster.put(old, "state", "before");
    cluster.servers[old].send(Signal::SIGSTOP);
    let new = cluster.leader_among(&cluster.others(old));
    cluster.put(new, "state", "after");
    // The agent sleeps, but its kernel takes connections: these questions are what it reads first when it wakes.
    let server = cluster.servers[old].http();
    let ask = || http::ask(server, "GET", "/v1/kv/state?raw&consistent", "").unwrap();
    let early: Vec<_> = (0..QUESTIONS).map(|_| ask()).collect();
    cluster.servers[old].send(Signal::SIGCONT);
    let late = (0..QUESTIONS).map(|_| ask());
    for asked in early.into_iter().chain(late) {
        let answer = asked.answer().unwrap();
        assert!(answer.body == "after" || answer.status == 500, "a read from before: {answer:?}");
    }
    assert_ne!(cluster.leader(), old, "it follows");
    assert_eq!(cluster.read(old, "state"), "after");
}
