//! Snapshots: out of a cluster and into it or another, ours or Consul's, whatever dies meanwhile.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use serde_json::Value;

use super::support::client::Client;
use super::support::cluster::Cluster;
use super::support::command::run;
use super::support::http::{self, text};
use super::support::peer;
use super::support::process::Process;
use super::support::wait::wait_until;

/// A snapshot with records of every kind, saved by Consul 1.8.7 on a node `n1`.
const SAVED: &[u8] = include_bytes!("../../../archive/tests/data/consul-1.8.7.snap");

fn save(server: SocketAddr) -> Vec<u8> {
    let (status, archive) = http::exchange(server, "GET", "/v1/snapshot", b"").expect("is answered");
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&archive));
    archive
}

fn restore(server: SocketAddr, archive: &[u8]) -> Result<(), String> {
    match http::exchange(server, "PUT", "/v1/snapshot", archive) {
        Ok((200, _)) => Ok(()),
        Ok((_, told)) => Err(String::from_utf8_lossy(&told).into_owned()),
        Err(failure) => Err(failure.to_string()),
    }
}

/// The keys as this very server has them.
fn keys(server: SocketAddr) -> Result<Vec<String>, String> {
    let answer = http::get(server, "/v1/kv/?keys&stale").map_err(|failure| failure.to_string())?;
    if answer.status != 200 {
        return Err(answer.body);
    }
    Ok(answer.json().as_array().expect("a list").iter().map(text).collect())
}

/// Waits until each server by itself has these keys.
fn all_have(cluster: &Cluster, expected: &[&str]) {
    for server in &cluster.servers {
        wait_until("a server has the keys that it should have", || match keys(server.http())? {
            keys if keys == expected => Ok(()),
            others => Err(format!("{}: {others:?}", server.name)),
        });
    }
}

#[test]
fn a_snapshot_takes_the_place_of_what_is_there_on_every_server() {
    let mut cluster = Cluster::of_three_with_a_leader();
    let leader = cluster.leader();
    let others = cluster.others(leader);
    cluster.put(leader, "kept", "1");
    let archive = save(cluster.servers[others[0]].http());
    cluster.put(leader, "lost", "1");
    cluster.servers[others[1]].kill();
    restore(cluster.servers[others[0]].http(), &archive).expect("a follower has it restored");
    cluster.put(leader, "later", "1");
    cluster.start(others[1]);
    all_have(&cluster, &["kept", "later"]);
    cluster.stop_all();
    cluster.start_all();
    cluster.leader();
    all_have(&cluster, &["kept", "later"]);
}

#[test]
fn what_is_no_snapshot_changes_nothing() {
    let mut cluster = Cluster::of(1);
    cluster.start_all();
    cluster.leader();
    cluster.put(0, "a", "1");
    let server = cluster.servers[0].http();
    let archive = save(server);
    cluster.put(0, "b", "1");
    let no_gzip = "failed to decompress snapshot: gzip: invalid header".to_owned();
    assert_eq!(restore(server, b"hello, I am no archive"), Err(no_gzip));
    assert_eq!(restore(server, &archive[..archive.len() - 1]), Err("unexpected EOF".to_owned()));
    assert!(restore(server, &archive[..archive.len() / 2]).is_err());
    all_have(&cluster, &["a", "b"]);
}

/// How far the log of a server is.
fn log_index(server: SocketAddr) -> Result<u64, String> {
    let answer = http::get(server, "/v1/agent/self").map_err(|failure| failure.to_string())?.json();
    text(&answer["Stats"]["raft"]["last_log_index"]).parse().map_err(|error| format!("{error}: {answer}"))
}

#[test]
fn a_leader_that_dies_in_the_middle_of_a_restore_leaves_one_state_or_the_other() {
    const LARGE: usize = 24;
    let mut cluster = Cluster::of_three_with_a_leader();
    let leader = cluster.leader();
    let through = cluster.servers[cluster.others(leader)[0]].http();
    let value = "v".repeat(500_000);
    (0..LARGE).for_each(|number| cluster.put(leader, &format!("{number:02}"), &value));
    cluster.put(leader, "which", "new");
    let archive = save(through);
    let emptied = http::ask(through, "DELETE", "/v1/kv/?recurse", "").and_then(http::Asked::answer);
    assert!(emptied.is_ok_and(|answer| answer.is_done()));
    cluster.put(leader, "which", "old");

    let before = log_index(through).expect("a follower tells its log");
    let told = thread::scope(|scope| {
        let restoring = scope.spawn(|| restore(through, &archive));
        wait_until("some parts have come", || match log_index(through)? {
            index if index > before + 4 => Ok(()),
            index => Err(format!("{index}")),
        });
        cluster.servers[leader].kill();
        restoring.join().expect("does not panic")
    });
    cluster.start(leader);
    let asked = cluster.leader();
    let which = cluster.read(asked, "which");
    let has_all = keys(cluster.servers[asked].http()).expect("is answered").len() == LARGE + 1;
    assert_eq!(has_all, which == "new", "a whole state");
    assert!(which == "new" || told.is_err(), "what was acknowledged is there: {told:?}");
    let mut expected = if has_all { (0..LARGE).map(|number| format!("{number:02}")).collect() } else { Vec::new() };
    expected.push("which".to_owned());
    all_have(&cluster, &expected.iter().map(String::as_str).collect::<Vec<_>>());
    cluster.put(asked, "later", "1");
    restore(through, &archive).expect("the next one gets through");
    assert_eq!(cluster.read(asked, "which"), "new");
}

/// A server of Consul's own.
struct Original {
    address: Ipv4Addr,
    _process: Process,
}

impl Original {
    fn start(program: &Path, address: Ipv4Addr, data: &Path) -> Self {
        let mut command = Command::new(program);
        command.args(["agent", "-server", "-bootstrap-expect=1", "-node=c1", "-log-level=err"]);
        command.args([
            format!("-bind={address}"),
            format!("-client={address}"),
            format!("-data-dir={}", data.display()),
        ]);
        command.args(["-hcl=connect { enabled = true }", "-hcl=disable_update_check = true"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let original = Self { address, _process: Process::start(&mut command) };
        wait_until("Consul has a leader and is in its own catalog", || {
            let nodes = http::get(original.http(), "/v1/catalog/nodes").map_err(|failure| failure.to_string())?;
            if nodes.status == 200 && nodes.body.contains("c1") { Ok(()) } else { Err(nodes.body) }
        });
        original
    }

    fn http(&self) -> SocketAddr {
        (self.address, 8500).into()
    }
}

/// What is asked of both.
const QUESTIONS: [&str; 29] = [
    "kv/?recurse",
    "kv/b/d",
    "kv/gone",
    "session/list",
    "query",
    "connect/intentions",
    "connect/intentions/match?by=destination&name=db",
    "config/service-defaults",
    "config/proxy-defaults",
    "config/service-resolver",
    "config/service-splitter",
    "config/service-router",
    "config/ingress-gateway",
    "config/terminating-gateway",
    // From here on the agents' own nodes count too, so the indexes differ.
    "catalog/nodes",
    "catalog/services",
    "catalog/service/web",
    "catalog/service/ingress",
    "catalog/connect/web",
    "catalog/node/ext1",
    "catalog/node/ext2",
    "catalog/gateway-services/ingress",
    "catalog/gateway-services/term",
    "health/service/web",
    "health/service/db",
    "health/connect/web",
    "health/state/any",
    "coordinate/nodes",
    "operator/autopilot/configuration",
];
const WITH_THEIR_INDEX: usize = 14;

/// What is told, without the agents' own nodes and their services.
fn told(server: SocketAddr, place: usize) -> (u16, Option<String>, Value) {
    let answer = http::get(server, &format!("/v1/{}", QUESTIONS[place])).expect("is answered");
    let index = answer.header("x-consul-index").filter(|_| place < WITH_THEIR_INDEX).map(str::to_owned);
    let mut body = serde_json::from_str(&answer.body).unwrap_or(Value::String(answer.body));
    without_own(&mut body);
    (answer.status, index, body)
}

fn without_own(value: &mut Value) {
    match value {
        Value::Array(elements) => {
            let name =
                |element: &Value| element["Node"].as_str().or(element["Node"]["Node"].as_str()).map(str::to_owned);
            elements.retain(|element| name(element).is_none_or(|name| !["n1", "c1", "s1"].contains(&&*name)));
            elements.iter_mut().for_each(without_own);
        }
        Value::Object(fields) => fields.values_mut().for_each(without_own),
        _ => {}
    }
}

#[test]
fn what_consul_saved_answers_the_same_here_and_back_there() {
    let Some(consul) = peer::fetched("consul") else { return };
    let mut cluster = Cluster::of(1);
    cluster.start_all();
    cluster.leader();
    let (ours, directory) = (cluster.servers[0].http(), cluster.directory().to_owned());
    let original = Original::start(&consul, cluster.range.address(20), &directory.join("first"));
    restore(original.http(), SAVED).expect("Consul takes its own");
    restore(ours, SAVED).expect("we take Consul's");
    all_answer_alike(original.http(), ours);

    let file: PathBuf = directory.join("ours.snap");
    let archive = save(ours);
    fs::write(&file, &archive).expect("a file can be written");
    let inspected = run(&consul, &["snapshot", "inspect", &file.display().to_string()]).success();
    assert!(inspected.contains("Version      1"), "{inspected}");
    let another = Original::start(&consul, cluster.range.address(21), &directory.join("second"));
    restore(another.http(), &archive).expect("Consul takes ours");
    all_answer_alike(another.http(), ours);
}

/// Both answer alike, as soon as they have finished with what their leaders do after a restore.
fn all_answer_alike(theirs: SocketAddr, ours: SocketAddr) {
    for (place, question) in QUESTIONS.iter().enumerate() {
        wait_until(&format!("both tell the same of {question}"), || {
            let (theirs, ours) = (told(theirs, place), told(ours, place));
            if theirs == ours { Ok(()) } else { Err(format!("\n  Consul {theirs:?}\n  we     {ours:?}")) }
        });
    }
}

#[test]
fn snapshots_go_through_client_agents_of_ours_and_of_consul() {
    let mut cluster = Cluster::of(1);
    cluster.start_all();
    cluster.leader();
    cluster.put(0, "a", "1");
    let servers = [cluster.servers[0].address];
    let ours = Client::of(&cluster, "c2", 11);
    goes_through(ours.http(), servers[0]);
    let Some(consul) = peer::fetched("consul") else { return };
    let mut theirs = Client::new("c3", cluster.range.address(12), cluster.directory());
    theirs.start_as(&consul, &servers);
    goes_through(theirs.http(), servers[0]);

    let original = Original::start(&consul, cluster.range.address(20), &cluster.directory().join("original"));
    let mut between = Client::new("c4", cluster.range.address(13), cluster.directory());
    between.start(&[original.address]);
    goes_through(between.http(), original.address);
}

/// Saves and restores through this agent, and has a damaged archive refused by it.
fn goes_through(agent: SocketAddr, server: Ipv4Addr) {
    let server = SocketAddr::from((server, 8500));
    wait_until("the agent knows its servers", || match http::get(agent, "/v1/kv/?keys") {
        Ok(answer) if [200, 404].contains(&answer.status) => Ok(()),
        other => Err(format!("{other:?}")),
    });
    assert!(http::put(agent, "/v1/kv/kept", "1").is_ok_and(|answer| answer.is_done()));
    let archive = save(agent);
    assert!(http::put(agent, "/v1/kv/lost", "1").is_ok_and(|answer| answer.is_done()));
    let no_gzip = "failed to decompress snapshot: gzip: invalid header".to_owned();
    assert_eq!(restore(agent, b"hello, I am no archive"), Err(no_gzip));
    assert!(keys(server).expect("is answered").contains(&"lost".to_owned()));
    restore(agent, &archive).expect("the agent passes it on");
    let keys = keys(server).expect("is answered");
    assert!(keys.contains(&"kept".to_owned()) && !keys.contains(&"lost".to_owned()), "{keys:?}");
}
