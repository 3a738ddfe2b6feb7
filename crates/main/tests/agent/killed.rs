//! kill -9: what was acknowledged stays, and the others go on.

use super::support::cluster::Cluster;
use super::support::load::Load;
use super::support::wait::wait_until;

#[test]
fn after_kill_9_of_the_leader_the_next_write_through_another_server_succeeds() {
    let mut cluster = Cluster::of_three_with_a_leader();
    let leader = cluster.leader();
    let load = Load::start(&cluster.http(), 3);
    load.goes_on_for(100);
    cluster.servers[leader].kill();
    let others = cluster.others(leader);
    cluster.put(others[0], "after", "the kill");
    assert_eq!(cluster.read(others[1], "after"), "the kill");
    load.goes_on_for(100);
    let written = load.stop();
    cluster.start(leader);
    cluster.leader();
    written.assert_kept(cluster.servers[leader].http());
}

#[test]
fn after_kill_9_of_everything_every_acknowledged_write_is_there() {
    let mut cluster = Cluster::of_three_with_a_leader();
    for round in 1..=2 {
        let load = Load::start(&cluster.http(), 6);
        load.goes_on_for(200);
        cluster.servers.iter_mut().for_each(|server| server.kill());
        let written = load.stop();
        cluster.start_all();
        let leader = cluster.leader();
        written.assert_kept(cluster.servers[leader].http());
        cluster.put(leader, "round", &round.to_string());
    }
}

#[test]
fn a_killed_server_comes_back_and_catches_up() {
    let mut cluster = Cluster::of_three_with_a_leader();
    let follower = cluster.others(cluster.leader())[0];
    cluster.servers[follower].kill();
    let load = Load::start(&[cluster.servers[cluster.leader()].http()], 2);
    load.goes_on_for(100);
    let written = load.stop();
    assert!(written.failed.is_empty(), "one of three may be away: {:?}", written.failed);
    cluster.start(follower);
    cluster.leader();
    written.assert_kept(cluster.servers[follower].http());
    wait_until("all are voters", || {
        let peers = cluster.peers(follower)?;
        if peers.len() == 3 && peers.iter().all(|peer| peer["Voter"] == true) {
            Ok(())
        } else {
            Err(format!("{peers:?}"))
        }
    });
}
