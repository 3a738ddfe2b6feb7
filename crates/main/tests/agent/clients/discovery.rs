//! Programs that follow the catalog: Prometheus finds what it scrapes, consul-template writes files.

use std::fs;
use std::net::SocketAddr;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::program::fetched;
use crate::support::cluster::Cluster;
use crate::support::http;
use crate::support::peer;
use crate::support::process::Process;
use crate::support::wait::wait_until;

#[test]
fn prometheus_scrapes_what_is_registered_and_forgets_what_is_not() {
    let Some(program) = peer::fetched("prometheus") else { return };
    let mut cluster = Cluster::of_three_with_a_leader();
    let leader = cluster.leader();
    let agent = cluster.servers[cluster.others(leader)[0]].http();
    let settings = cluster.directory().join("prometheus.yml");
    let jobs =
        json!({ "scrape_configs": [{ "job_name": "found", "consul_sd_configs": [{ "server": agent.to_string() }] }] });
    fs::write(&settings, jobs.to_string()).expect("a file can be written");
    let itself: SocketAddr = (cluster.range.address(99), 9090).into();
    let mut command = Command::new(program);
    command.arg(format!("--config.file={}", settings.display()));
    command.arg(format!("--storage.tsdb.path={}", cluster.directory().join("samples").display()));
    command.arg(format!("--web.listen-address={itself}"));
    let _prometheus = Process::start(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()));

    register(agent, "web", 8080);
    wait_until("the service is a target", || found(itself, "web"));
    cluster.servers[leader].kill();
    register(agent, "api", 8081);
    wait_until("a service registered after the leader's death is a target", || found(itself, "api"));
    let gone = http::put(agent, "/v1/agent/service/deregister/web", "").expect("is answered");
    assert_eq!(gone.status, 200, "{gone:?}");
    wait_until("the deregistered service is no target", || match found(itself, "web") {
        Err(other) if other.starts_with("targets:") => Ok(()),
        other => Err(format!("{other:?}")),
    });
}

#[test]
fn consul_template_writes_services_and_keys_as_they_change() {
    let Some(folder) = fetched("go") else { return };
    let mut cluster = Cluster::of_three_with_a_leader();
    let leader = cluster.leader();
    let follower = cluster.others(leader)[0];
    let agent = cluster.servers[follower].http();
    let (template, written) = (cluster.directory().join("in.ctmpl"), cluster.directory().join("out.txt"));
    let text = "{{ range service \"web\" }}{{ .Name }} {{ .Port }}\n{{ end }}{{ keyOrDefault \"colour\" \"none\" }}\n";
    fs::write(&template, text).expect("a file can be written");
    let mut command = Command::new(folder.join("consul-template"));
    command.arg("-consul-addr").arg(agent.to_string()).arg("-template");
    command.arg(format!("{}:{}", template.display(), written.display()));
    let _template = Process::start(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()));

    let says = |wanted: &str| {
        wait_until("the file is written", || match fs::read_to_string(&written) {
            Ok(text) if text == wanted => Ok(()),
            other => Err(format!("{other:?}")),
        });
    };
    says("none\n");
    register(agent, "web", 8080);
    says("web 8080\nnone\n");
    cluster.servers[leader].kill();
    cluster.leader();
    cluster.put(follower, "colour", "green");
    says("web 8080\ngreen\n");
}

#[track_caller]
fn register(agent: SocketAddr, name: &str, port: u16) {
    let body = json!({ "Name": name, "Port": port }).to_string();
    let answer = http::put(agent, "/v1/agent/service/register", &body).expect("is answered");
    assert_eq!(answer.status, 200, "{answer:?}");
}

/// Whether Prometheus has a target of this service.
fn found(prometheus: SocketAddr, service: &str) -> Result<(), String> {
    let answer = http::get(prometheus, "/api/v1/targets?state=active").map_err(|failure| failure.to_string())?;
    if answer.status != 200 {
        return Err(answer.body);
    }
    let targets = answer.json()["data"]["activeTargets"].take();
    let named = |target: &Value| target["discoveredLabels"]["__meta_consul_service"] == service;
    if targets.as_array().is_some_and(|targets| targets.iter().any(named)) {
        Ok(())
    } else {
        Err(format!("targets: {targets}"))
    }
}
