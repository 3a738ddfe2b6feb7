//! What an agent tells of itself while it runs, and how it follows a configuration that changes.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::Duration;

use nix::sys::signal::Signal;
use tempfile::TempDir;

use super::support::http::{self, text};
use super::support::range::Range;
use super::support::server::Server;
use super::support::wait::wait_until;

/// How long a listener waits for a line.
const PATIENCE: Duration = Duration::from_secs(30);

/// One server with a file of its own.
struct Alone {
    server: Server,
    file: PathBuf,
    _range: Range,
    _directory: TempDir,
}

impl Alone {
    fn start(configuration: &str) -> Self {
        let (range, directory) = (Range::claim(), tempfile::tempdir().unwrap());
        let file = directory.path().join("own.json");
        fs::write(&file, configuration).unwrap();
        let mut server = Server::new("alone", range.address(1), directory.path());
        let address = server.address;
        server.start(&[], &[address], &[format!("-config-file={}", file.display())]);
        let alone = Self { server, file, _range: range, _directory: directory };
        wait_until("there is a leader", || match alone.get("/v1/status/leader") {
            leader if leader.len() > 2 => Ok(()),
            leader => Err(leader),
        });
        alone
    }

    fn get(&self, path: &str) -> String {
        http::get(self.server.http(), path).map(|answer| answer.body).unwrap_or_default()
    }

    fn configure(&self, configuration: &str) {
        fs::write(&self.file, configuration).unwrap();
    }
}

#[test]
fn a_reload_follows_what_it_can_and_names_what_it_cannot() {
    let mut alone = Alone::start(r#"{"service": {"name": "before"}}"#);
    alone.configure(
        r#"{"service": {"name": "after"}, "http_config": {"response_headers": {"X-Own": "yes"}}, "ports": {"dns": 8700}}"#,
    );
    alone.server.send(Signal::SIGHUP);
    wait_until("the services are the new ones", || {
        let services = alone.get("/v1/agent/services");
        if services.contains("after") && !services.contains("before") { Ok(()) } else { Err(services) }
    });
    wait_until("answers have the new header", || {
        let answer = http::get(alone.server.http(), "/v1/status/leader").map_err(|failure| failure.to_string())?;
        if answer.header("x-own") == Some("yes") { Ok(()) } else { Err(format!("{answer:?}")) }
    });
    wait_until("the port is named", || {
        let log = alone.server.log();
        let named = log.contains("[WARN]  agent: ports.dns cannot be reloaded; restart the agent to change it");
        if named { Ok(()) } else { Err(log) }
    });
    alone.server.stop();
}

#[test]
fn a_configuration_with_a_mistake_changes_nothing() {
    let mut alone = Alone::start(r#"{"service": {"name": "web"}}"#);
    alone.configure(r#"{"service": {"name": "other"}, "prots": {}}"#);
    let refused = http::put(alone.server.http(), "/v1/agent/reload", "").unwrap();
    assert_eq!(refused.status, 500);
    assert!(refused.body.contains("prots"), "{}", refused.body);
    assert!(alone.get("/v1/agent/services").contains("web"));
    alone.configure(r#"{"service": {"name": "other"}}"#);
    assert_eq!(http::put(alone.server.http(), "/v1/agent/reload", "").unwrap().status, 200);
    assert!(alone.get("/v1/agent/services").contains("other"));
    alone.server.stop();
}

#[test]
fn writes_are_counted_under_consuls_names() {
    let mut alone = Alone::start(r#"{"telemetry": {"prometheus_retention_time": "1h", "disable_hostname": true}}"#);
    for number in 0..20 {
        let done = http::put(alone.server.http(), &format!("/v1/kv/key{number}"), "value").unwrap();
        assert!(done.is_done(), "{done:?}");
    }
    let shown = alone.get("/v1/agent/metrics?format=prometheus");
    for line in ["consul_kvs_apply_count 20", "consul_http_PUT_v1_kv___count 20", "consul_fsm_kvs_count{op=\"set\"} 20"]
    {
        assert!(shown.lines().any(|shown| shown == line), "{line} in {shown}");
    }
    let interval = http::get(alone.server.http(), "/v1/agent/metrics").unwrap().json();
    assert!(text(&interval["Timestamp"]).ends_with(" +0000 UTC"), "{interval}");
    assert!(interval["Samples"].is_array() && interval["Points"] == serde_json::json!([]), "{interval}");
    alone.server.stop();
}

#[test]
fn who_listens_to_the_log_hears_levels_that_are_not_written() {
    let mut alone = Alone::start("{}");
    let mut stream = TcpStream::connect(alone.server.http()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "GET /v1/agent/monitor?loglevel=debug HTTP/1.1\r\nHost: h\r\n\r\n").unwrap();
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    assert_eq!(lines.next().unwrap(), "HTTP/1.1 200 OK");
    assert!(http::put(alone.server.http(), "/v1/event/fire/deploy", "").unwrap().status == 200);
    let heard = lines.find(|line| line.contains("consul:event:deploy")).unwrap();
    assert!(heard.contains("[DEBUG] agent.server.serf.lan: user event"), "{heard}");
    assert!(!alone.server.log().contains("user event"), "what is written stays at its level");
    drop(lines);
    alone.server.stop();
}
