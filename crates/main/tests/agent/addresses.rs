//! Servers that come back elsewhere: identities are kept, addresses are only where somebody is at the moment.

use super::support::cluster::Cluster;
use super::support::http;
use super::support::load::Load;
use super::support::voters::Voters;
use super::support::wait::wait_until;

#[test]
fn all_stopped_and_started_on_other_addresses_they_have_a_leader_and_three_voters_at_every_look() {
    moved(&[[11, 12, 13], [21, 22, 23]]);
}

#[test]
fn all_stopped_and_started_on_permuted_addresses_they_have_a_leader_and_three_voters_at_every_look() {
    moved(&[[2, 3, 1], [1, 3, 2]]);
}

/// Starts on 1, 2 and 3, then moves.
fn moved(moves: &[[u8; 3]]) {
    let mut cluster = Cluster::of_three_with_a_leader();
    let load = Load::start(&cluster.http(), 2);
    load.goes_on_for(50);
    let written = load.stop();
    let everywhere = [[1, 2, 3]].iter().chain(moves).flatten().map(|&last| (cluster.range.address(last), 8500).into());
    let voters = Voters::watch(everywhere.collect());
    for to in moves {
        cluster.stop_all();
        cluster.move_to(*to);
        cluster.start_all();
        let leader = cluster.leader();
        cluster.put(leader, "moved", &format!("{to:?}"));
        for place in 0..3 {
            written.assert_kept(cluster.servers[place].http());
        }
        knows_the_addresses(&cluster, leader);
    }
    voters.were_always_three();
}

/// Each name is listed at the address where that server is now.
fn knows_the_addresses(cluster: &Cluster, leader: usize) {
    let expected: Vec<_> =
        cluster.servers.iter().map(|server| (server.name.clone(), format!("{}:8300", server.address))).collect();
    wait_until("the leader lists all at their new addresses", || {
        let peers = cluster.peers(leader)?;
        let mut listed: Vec<_> =
            peers.iter().map(|peer| (http::text(&peer["Node"]), http::text(&peer["Address"]))).collect();
        listed.sort();
        if listed == expected { Ok(()) } else { Err(format!("{listed:?}")) }
    });
}
