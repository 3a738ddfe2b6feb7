//! Checks that an agent carries out, and what the catalog says of them.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread;

use serde_json::{Value, json};

use super::support::cluster::Cluster;
use super::support::http::{self, text};
use super::support::wait::wait_until;

/// Something to be checked: it answers with a code that can be changed.
struct Checked {
    address: SocketAddr,
    code: Arc<AtomicU16>,
}

impl Checked {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let (address, code) = (listener.local_addr().expect("it is bound"), Arc::new(AtomicU16::new(200)));
        let answering = Arc::clone(&code);
        // Ends with the test, which waits for nothing of it.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
                while lines.next().is_some_and(|line| !line.is_empty()) {}
                let code = answering.load(Ordering::Relaxed);
                let answer = format!("HTTP/1.1 {code} Told\r\nContent-Length: 4\r\n\r\nbody");
                (&stream).write_all(answer.as_bytes()).unwrap_or_default();
            }
        });
        Self { address, code }
    }

    fn answers(&self, code: u16) {
        self.code.store(code, Ordering::Relaxed);
    }
}

fn one_server(more: &[&str]) -> (Cluster, SocketAddr) {
    let mut cluster = Cluster::of(1);
    cluster.more = more.iter().map(|&word| word.to_owned()).collect();
    cluster.start_all();
    cluster.leader();
    let server = cluster.servers[0].http();
    (cluster, server)
}

fn register(server: SocketAddr, service: &Value) -> http::Response {
    http::put(server, "/v1/agent/service/register", &service.to_string()).expect("it answers")
}

/// Whether the only check of this service is so in the catalog.
fn is_told(server: SocketAddr, service: &str, status: &str, output: &str) -> Result<(), String> {
    let checks = http::get(server, &format!("/v1/health/checks/{service}")).map_err(|failure| failure.to_string())?;
    let checks = checks.json();
    let told = (text(&checks[0]["Status"]), text(&checks[0]["Output"]));
    if told == (status.to_owned(), output.to_owned()) { Ok(()) } else { Err(checks.to_string()) }
}

#[test]
fn the_catalog_follows_what_a_check_finds() {
    let (_cluster, server) = one_server(&[]);
    let checked = Checked::start();
    let url = format!("http://{}/health", checked.address);
    register(server, &json!({"Name": "web", "Port": 80, "Check": {"HTTP": url, "Interval": "1s"}}));
    for (code, status) in [(200, "passing"), (500, "critical"), (429, "warning"), (204, "passing")] {
        checked.answers(code);
        let body = if code == 204 { "" } else { "body" };
        let output = format!("HTTP GET {url}: {code} Told Output: {body}");
        wait_until(&format!("{code} is {status}"), || is_told(server, "web", status, &output));
        let passing = http::get(server, "/v1/health/service/web?passing").expect("it answers").json();
        assert_eq!(passing.as_array().map(Vec::len), Some(usize::from(status == "passing")), "{passing}");
    }
}

#[test]
fn a_service_that_is_told_nothing_expires() {
    let (_cluster, server) = one_server(&[]);
    register(server, &json!({"Name": "web", "Check": {"TTL": "1s", "Status": "passing"}}));
    wait_until("it expires", || is_told(server, "web", "critical", "TTL expired"));
}

#[test]
fn programs_are_run_only_where_that_is_allowed() {
    let web = json!({"Name": "web", "Check": {"Args": ["/bin/sh", "-c", "echo tired; exit 1"], "Interval": "1s"}});
    let (_cluster, server) = one_server(&[]);
    let refused = register(server, &web);
    let expected =
        "Scripts are disabled on this agent from remote calls; to enable, configure 'enable_script_checks' to true";
    assert!(refused.status != 200 && refused.body.contains(expected), "{refused:?}");
    let (_cluster, server) = one_server(&["-enable-script-checks"]);
    register(server, &web);
    wait_until("it is run", || is_told(server, "web", "warning", "tired\n"));
}
