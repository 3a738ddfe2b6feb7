//! `lock` and `watch` as scripts use them: a program runs while a key is held, a program runs when a key changes.

use std::fs;
use std::net::SocketAddr;
use std::process::{Command, Stdio};

use crate::support::cluster::Cluster;
use crate::support::command::PROCONSUL;
use crate::support::http;
use crate::support::process::Process;
use crate::support::wait::wait_until;

fn run(agent: SocketAddr, words: &[&str], script: &str) -> Process {
    let mut command = Command::new(PROCONSUL);
    command.args(&words[..1]).arg(format!("-http-addr={agent}")).arg("-shell=false").args(&words[1..]);
    command.args(["/bin/sh", "-c", script]);
    Process::start(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()))
}

/// The session that holds a key.
fn holder(agent: SocketAddr, key: &str) -> Option<String> {
    let answer = http::get(agent, &format!("/v1/kv/{key}")).expect("is answered");
    if answer.status == 404 {
        return None;
    }
    answer.json()[0]["Session"].as_str().map(str::to_owned)
}

fn held_by_another_than(agent: SocketAddr, key: &str, first: Option<&str>) -> String {
    wait_until("somebody else holds the key", || match holder(agent, key) {
        Some(session) if Some(session.as_str()) != first => Ok(session),
        other => Err(format!("{other:?}")),
    })
}

#[test]
fn a_second_program_runs_when_the_first_has_given_the_lock_back_and_nothing_is_left_behind() {
    let mut cluster = Cluster::of(1);
    cluster.start_all();
    cluster.leader();
    let agent = cluster.servers[0].http();
    let ends = cluster.directory().join("ends");
    let until = format!("while [ ! -e {} ]; do sleep 0.05; done", ends.display());
    let mut first = run(agent, &["lock", "backup"], &until);
    let session = held_by_another_than(agent, "backup/.lock", None);
    let mut second = run(agent, &["lock", "-child-exit-code", "backup"], "test \"$CONSUL_LOCK_HELD\" = true && exit 3");
    wait_until("the second has a session", || {
        let sessions = http::get(agent, "/v1/session/list").expect("is answered").json();
        if sessions.as_array().is_some_and(|all| all.len() == 2) { Ok(()) } else { Err(sessions.to_string()) }
    });
    assert_eq!(holder(agent, "backup/.lock").as_deref(), Some(session.as_str()), "the first still holds it");
    fs::write(&ends, "").expect("a file can be written");
    assert_eq!(first.end().code(), Some(0));
    assert_eq!(second.end().code(), Some(2), "its program ran and ended with an error");
    assert_eq!(http::get(agent, "/v1/kv/?recurse").expect("is answered").status, 404, "no key is left");
    assert_eq!(http::get(agent, "/v1/session/list").expect("is answered").body.trim(), "[]");
}

#[test]
fn a_program_is_told_to_end_when_its_lock_is_lost() {
    let mut cluster = Cluster::of(1);
    cluster.start_all();
    cluster.leader();
    let agent = cluster.servers[0].http();
    let (told, ready) = (cluster.directory().join("told"), cluster.directory().join("ready"));
    let trap = format!("trap 'echo TERM > {}; exit 0' TERM; echo > {}", told.display(), ready.display());
    let mut program = run(agent, &["lock", "backup"], &format!("{trap}; while :; do sleep 0.05; done"));
    wait_until("the program listens", || fs::metadata(&ready).map_err(|error| error.to_string()));
    let session = held_by_another_than(agent, "backup/.lock", None);
    let ended = http::put(agent, &format!("/v1/session/destroy/{session}"), "").expect("is answered");
    assert!(ended.is_done(), "{ended:?}");
    assert_eq!(program.end().code(), Some(0));
    assert_eq!(fs::read_to_string(&told).expect("it was told"), "TERM\n");
}

#[test]
fn as_many_programs_run_as_a_semaphore_has_places() {
    let mut cluster = Cluster::of(1);
    cluster.start_all();
    cluster.leader();
    let agent = cluster.servers[0].http();
    let ends = cluster.directory().join("ends");
    let until = format!("while [ ! -e {} ]; do sleep 0.05; done", ends.display());
    let mut programs: Vec<Process> = (0..3).map(|_| run(agent, &["lock", "-n=2", "jobs"], &until)).collect();
    wait_until("two hold a place, and the third contends", || {
        let keys = http::get(agent, "/v1/kv/jobs?keys").expect("is answered");
        let shared = http::get(agent, "/v1/kv/jobs/.lock?raw").expect("is answered");
        let holders = shared.body.matches(":true").count();
        if keys.body.matches("jobs/").count() == 4 && holders == 2 { Ok(()) } else { Err(shared.body) }
    });
    fs::write(&ends, "").expect("a file can be written");
    for program in &mut programs {
        assert_eq!(program.end().code(), Some(0));
    }
    assert_eq!(http::get(agent, "/v1/kv/?recurse").expect("is answered").status, 404, "no key is left");
}

#[test]
fn a_watch_runs_its_program_for_what_is_there_and_for_each_change() {
    let mut cluster = Cluster::of(1);
    cluster.start_all();
    cluster.leader();
    let agent = cluster.servers[0].http();
    let told = cluster.directory().join("told");
    let _watch = run(agent, &["watch", "-type=key", "-key=colour"], &format!("cat >> {}", told.display()));
    let lines = |wanted: usize| {
        wait_until("the program has run", || match fs::read_to_string(&told) {
            Ok(text) if text.lines().count() == wanted => Ok(text),
            other => Err(format!("{other:?}")),
        })
    };
    assert_eq!(lines(1), "null\n");
    cluster.put(0, "colour", "green");
    let text = lines(2);
    assert!(text.ends_with("\"Flags\":0,\"Value\":\"Z3JlZW4=\",\"Session\":\"\"}\n"), "{text}");
    cluster.put(0, "shape", "round");
    cluster.put(0, "colour", "red");
    lines(3);
}

#[test]
fn a_watch_of_the_configuration_tells_a_program_of_a_new_key() {
    let mut cluster = Cluster::of(1);
    let told = cluster.directory().join("told");
    let file = cluster.directory().join("watches.hcl");
    let script = format!("(cat; echo at $CONSUL_INDEX) >> {}", told.display());
    let watch = format!("watches {{ type = \"key\" key = \"colour\" args = [\"/bin/sh\", \"-c\", \"{script}\"] }}");
    fs::write(&file, watch).expect("a file can be written");
    cluster.more = vec![format!("-config-file={}", file.display())];
    cluster.start_all();
    cluster.leader();
    cluster.put(0, "colour", "green");
    wait_until("the program is told of the key", || match fs::read_to_string(&told) {
        Ok(text) if text.contains("\"Value\":\"Z3JlZW4=\"") && text.contains("\nat ") => Ok(()),
        other => Err(format!("{other:?}")),
    });
}
