//! One server whose only peer to join is itself.

use crate::support::cluster::Cluster;

#[test]
fn a_server_that_finds_nobody_else_goes_on_looking_with_pauses() {
    let mut cluster = Cluster::of(1);
    cluster.start_all();
    cluster.leader();
    for number in 0..200 {
        cluster.put(0, &format!("key{number}"), "value");
    }
    let complaints = cluster.servers[0].log().matches("Join cluster failed").count();
    assert!(complaints < 20, "{complaints} attempts while 200 keys were written");
}
