//! What becomes of servers that fail for good, and of newcomers.

use super::support::cluster::Cluster;
use super::support::http::{self, text};
use super::support::wait::wait_until;

#[test]
fn of_four_servers_one_that_fails_is_removed_and_joins_again_as_a_new_one_when_it_is_back() {
    let mut cluster = Cluster::of(4);
    cluster.more = ["-hcl", "autopilot { server_stabilization_time = \"0s\" }"].map(str::to_owned).to_vec();
    cluster.start_all();
    let leader = cluster.leader();
    let failed = cluster.others(leader)[0];
    votes(&cluster, leader, &[0, 1, 2, 3]);
    cluster.servers[failed].kill();
    votes(&cluster, leader, &cluster_without(failed));
    cluster.put(leader, "while", "three are left");

    cluster.start(failed);
    wait_until("it has learned what it missed", || {
        let answer =
            http::get(cluster.servers[failed].http(), "/v1/kv/while?raw").map_err(|failure| failure.to_string())?;
        if answer.body == "three are left" { Ok(()) } else { Err(answer.body) }
    });
    votes(&cluster, leader, &[0, 1, 2, 3]);
    assert_eq!(cluster.read(failed, "while"), "three are left");
}

#[test]
fn the_health_of_all_servers_is_told_by_each_of_them() {
    let mut cluster = Cluster::of_three_with_a_leader();
    let leader = cluster.leader();
    for server in cluster.http() {
        wait_until("all are healthy", || {
            let answer = http::get(server, "/v1/operator/autopilot/health").map_err(|failure| failure.to_string())?;
            let health = if answer.status == 200 { answer.json() } else { return Err(answer.body) };
            let healthy = health["Healthy"] == true && health["FailureTolerance"] == 1;
            if healthy { Ok(()) } else { Err(health.to_string()) }
        });
    }
    let failed = cluster.others(leader)[0];
    cluster.servers[failed].kill();
    wait_until("the killed one is not healthy", || {
        let answer = http::get(cluster.servers[leader].http(), "/v1/operator/autopilot/health");
        // Consul's own status for a cluster that is not healthy.
        let answer = answer.map_err(|failure| failure.to_string())?;
        let health: serde_json::Value = serde_json::from_str(&answer.body).map_err(|error| error.to_string())?;
        let sick = health["Servers"].as_array().into_iter().flatten().filter(|server| server["Healthy"] == false);
        let sick: Vec<String> = sick.map(|server| text(&server["Name"])).collect();
        if answer.status == 429 && sick == [cluster.servers[failed].name.clone()] { Ok(()) } else { Err(answer.body) }
    });
}

fn cluster_without(place: usize) -> Vec<usize> {
    (0..4).filter(|&other| other != place).collect()
}

/// Waits until exactly these have a vote.
fn votes(cluster: &Cluster, asked: usize, places: &[usize]) {
    let mut expected: Vec<String> = places.iter().map(|&place| cluster.servers[place].name.clone()).collect();
    expected.sort();
    wait_until("they vote", || {
        let peers = cluster.peers(asked)?;
        let mut voters: Vec<String> =
            peers.iter().filter(|peer| peer["Voter"] == true).map(|peer| text(&peer["Node"])).collect();
        voters.sort();
        if voters == expected { Ok(()) } else { Err(format!("{peers:?}")) }
    });
}
