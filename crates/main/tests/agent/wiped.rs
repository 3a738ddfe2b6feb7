//! A server whose data is gone is a new one of the old name: it learns first, then votes, and the old one is forgotten.

use super::support::cluster::Cluster;
use super::support::http;
use super::support::load::Load;
use super::support::wait::wait_until;

#[test]
fn a_wiped_server_rejoins_as_a_learner_and_takes_the_place_of_its_former_self() {
    let mut cluster = Cluster::of_three_with_a_leader();
    let leader = cluster.leader();
    let wiped = cluster.others(leader)[0];
    let load = Load::start(&[cluster.servers[leader].http()], 2);
    load.goes_on_for(100);
    let written = load.stop();
    let name = cluster.servers[wiped].name.clone();
    let old = id_of(&cluster, leader, &name).expect("the leader answers");

    cluster.servers[wiped].stop();
    cluster.servers[wiped].wipe();
    cluster.start(wiped);

    let mut learned = 0;
    wait_until("three voters are listed, one of them new", || {
        let peers = cluster.peers(leader)?;
        let voters = peers.iter().filter(|peer| peer["Voter"] == true).count();
        assert!(voters >= 3, "the former self is forgotten only when the new one votes: {peers:?}");
        learned += usize::from(peers.iter().any(|peer| peer["ID"] != old.as_str() && peer["Voter"] == false));
        let new = id_of(&cluster, leader, &name)?;
        if new != old && peers.len() == 3 && voters == 3 { Ok(()) } else { Err(format!("{peers:?}")) }
    });
    assert!(learned > 0, "it votes only after it has been seen to learn");
    cluster.leader();
    written.assert_kept(cluster.servers[wiped].http());
    let stale = http::get(cluster.servers[wiped].http(), "/v1/kv/load/?keys&stale").unwrap().json();
    assert_eq!(stale.as_array().map(Vec::len), Some(written.acknowledged.len()), "it has its own copy");
}

/// The node id listed under a name.
fn id_of(cluster: &Cluster, asked: usize, name: &str) -> Result<String, String> {
    let peers = cluster.peers(asked)?;
    let found = peers.iter().find(|peer| peer["Node"] == name).map(|peer| http::text(&peer["ID"]));
    found.ok_or_else(|| format!("{name} is not listed: {peers:?}"))
}
