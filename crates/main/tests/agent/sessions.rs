//! Sessions whose time is measured by whoever leads.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::support::cluster::Cluster;
use super::support::http::{self, text};
use super::support::wait::wait_until;

/// The time to live of the sessions here; it is over after twice that.
const TIME_TO_LIVE: Duration = Duration::from_secs(2);

#[test]
fn a_session_is_gone_after_twice_its_time_and_its_lock_with_it_but_not_before() {
    let cluster = cluster();
    let server = cluster.servers[0].http();
    let begin = Instant::now();
    let session = create(server);
    let lock = http::put(server, &format!("/v1/kv/lock?acquire={session}"), "").unwrap();
    assert!(lock.is_done(), "{lock:?}");
    wait_until("the session is gone", || is_gone(server, &session));
    assert!(begin.elapsed() >= TIME_TO_LIVE * 2, "{:?}", begin.elapsed());
    let entry = http::get(server, "/v1/kv/lock").unwrap().json();
    assert!(entry[0].get("Session").is_none(), "{entry}");
}

#[test]
fn a_session_that_is_renewed_through_any_server_outlives_its_time_and_the_leader() {
    let mut cluster = cluster();
    let leader = cluster.leader();
    let others = cluster.others(leader);
    let session = create(cluster.servers[others[0]].http());
    let live_on = |cluster: &Cluster, time: Duration| {
        let begin = Instant::now();
        let mut turn = others.iter().cycle();
        wait_until("the time is over", || {
            let through = *turn.next().expect("there is always a next one");
            let renewed = http::put(cluster.servers[through].http(), &format!("/v1/session/renew/{session}"), "");
            match renewed {
                // While there is no leader, or a renewal was on its way to the one that went.
                Ok(answer) if answer.status == 500 => {}
                answer => assert_eq!(answer.unwrap().status, 200),
            }
            if begin.elapsed() >= time { Ok(()) } else { Err("not yet".to_owned()) }
        });
    };
    live_on(&cluster, TIME_TO_LIVE * 3);
    cluster.servers[leader].kill();
    live_on(&cluster, TIME_TO_LIVE * 3);
    let server = cluster.servers[others[1]].http();
    assert!(is_gone(server, &session).is_err(), "it has been renewed all the time");
    wait_until("the session is gone without being renewed", || is_gone(server, &session));
}

/// Three servers that allow short times.
fn cluster() -> Cluster {
    let mut cluster = Cluster::of(3);
    cluster.more = ["-hcl", "session_ttl_min = \"1s\""].map(str::to_owned).to_vec();
    cluster.start_all();
    cluster.leader();
    cluster
}

/// A session that is bound to no check, so that only its time ends it.
fn create(server: SocketAddr) -> String {
    let body = format!(r#"{{"TTL": "{}s", "NodeChecks": [], "LockDelay": "0s"}}"#, TIME_TO_LIVE.as_secs());
    wait_until("the session is made", || {
        let answer = http::put(server, "/v1/session/create", &body).map_err(|failure| failure.to_string())?;
        // Its node may not be registered yet.
        if answer.status == 200 { Ok(text(&answer.json()["ID"])) } else { Err(answer.body) }
    })
}

fn is_gone(server: SocketAddr, session: &str) -> Result<(), String> {
    let answer = http::get(server, &format!("/v1/session/info/{session}")).map_err(|failure| failure.to_string())?;
    match answer.status {
        200 if answer.json().as_array().is_some_and(Vec::is_empty) => Ok(()),
        _ => Err(answer.body),
    }
}
