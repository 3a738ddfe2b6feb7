//! Without a leader: told after the hold time, unless a stale answer will do.

use std::fs;

use super::support::cluster::Cluster;
use super::support::http::{self, Response};
use super::support::wait::wait_until;

const HOLD: &str = "performance { rpc_hold_timeout = \"200ms\" }\n";

#[test]
fn without_a_leader_reads_and_writes_are_refused_and_stale_reads_answered() {
    let mut cluster = Cluster::of(3);
    let file = cluster.directory().join("hold.hcl");
    fs::write(&file, HOLD).unwrap();
    cluster.more = vec![format!("-config-file={}", file.display())];
    cluster.start_all();
    let alone = cluster.others(cluster.leader())[0];
    cluster.put(alone, "key", "value");
    for other in cluster.others(alone) {
        cluster.servers[other].kill();
    }
    let server = cluster.servers[alone].http();
    wait_until("it knows that nobody leads", || {
        let told = http::get(server, "/v1/status/leader").unwrap().body;
        if told == "\"\"" { Ok(()) } else { Err(told) }
    });
    for refused in [
        http::get(server, "/v1/kv/key"),
        http::get(server, "/v1/kv/key?consistent"),
        http::put(server, "/v1/kv/key", "other"),
        http::get(server, "/v1/operator/raft/configuration"),
    ] {
        let Response { status, body, .. } = refused.unwrap();
        assert_eq!((status, body.as_str()), (500, "No cluster leader"));
    }
    let stale = http::get(server, "/v1/kv/key?stale&raw").unwrap();
    assert_eq!((stale.status, stale.body.as_str()), (200, "value"));
    assert_eq!(stale.header("x-consul-knownleader"), Some("false"));
    assert_eq!(http::get(server, "/v1/agent/self").unwrap().status, 200);
}
