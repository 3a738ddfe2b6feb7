//! Several servers that are one cluster.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::thread;

use serde_json::Value;
use tempfile::TempDir;

use super::http::{self, text};
use super::range::Range;
use super::server::Server;
use super::wait::wait_until;

/// How much of each log is shown when a test fails.
const LOG_LINES_SHOWN: usize = 40;

/// Servers with addresses, data and processes; all is gone when this is dropped.
pub(crate) struct Cluster {
    pub(crate) servers: Vec<Server>,
    /// Put before the program: another program that runs it.
    pub(crate) prefix: Vec<String>,
    /// Put after the arguments of every agent.
    pub(crate) more: Vec<String>,
    pub(crate) range: Range,
    directory: TempDir,
}

impl Cluster {
    /// So many servers, named s1 and so on, of which none runs yet.
    pub(crate) fn of(count: u8) -> Self {
        let (range, directory) = (Range::claim(), tempfile::tempdir().expect("a directory can be made"));
        let server = |number| Server::new(&format!("s{number}"), range.address(number), directory.path());
        Self { servers: (1..=count).map(server).collect(), prefix: Vec::new(), more: Vec::new(), range, directory }
    }

    /// Three servers that have a leader.
    pub(crate) fn of_three_with_a_leader() -> Self {
        let mut cluster = Self::of(3);
        cluster.start_all();
        cluster.leader();
        cluster
    }

    pub(crate) fn start_all(&mut self) {
        for place in 0..self.servers.len() {
            self.start(place);
        }
    }

    pub(crate) fn start(&mut self, place: usize) {
        let peers: Vec<Ipv4Addr> = self.servers.iter().map(|server| server.address).collect();
        self.servers[place].start(&self.prefix, &peers, &self.more);
    }

    /// Gives the servers, none of which may run, these last octets.
    pub(crate) fn move_to(&mut self, octets: [u8; 3]) {
        for (server, last) in self.servers.iter_mut().zip(octets) {
            assert!(!server.is_running(), "{} runs", server.name);
            server.address = self.range.address(last);
        }
    }

    /// SIGTERM to all at once.
    pub(crate) fn stop_all(&mut self) {
        thread::scope(|scope| self.servers.iter_mut().for_each(|server| drop(scope.spawn(|| server.stop()))));
    }

    /// Waits until all servers that run agree on a leader among them, and tells its place.
    pub(crate) fn leader(&self) -> usize {
        let running = |&place: &usize| self.servers[place].is_running();
        self.leader_among(&(0..self.servers.len()).filter(running).collect::<Vec<_>>())
    }

    /// Waits until these agree that one of them leads.
    pub(crate) fn leader_among(&self, asked: &[usize]) -> usize {
        wait_until("the servers agree on a leader", || self.look_for_leader(asked))
    }

    /// The servers that run, but the one at this place.
    pub(crate) fn others(&self, place: usize) -> Vec<usize> {
        (0..self.servers.len()).filter(|&other| other != place && self.servers[other].is_running()).collect()
    }

    pub(crate) fn http(&self) -> Vec<SocketAddr> {
        self.servers.iter().map(Server::http).collect()
    }

    /// One write through one server, which must succeed.
    #[track_caller]
    pub(crate) fn put(&self, place: usize, key: &str, value: &str) {
        let answer = http::put(self.servers[place].http(), &format!("/v1/kv/{key}"), value);
        assert!(
            answer.as_ref().is_ok_and(http::Response::is_done),
            "write of {key} through s{}: {answer:?}",
            place + 1
        );
    }

    /// One consistent read through one server, which must succeed.
    #[track_caller]
    pub(crate) fn read(&self, place: usize, key: &str) -> String {
        let answer = http::get(self.servers[place].http(), &format!("/v1/kv/{key}?raw&consistent"));
        let answer = answer.unwrap_or_else(|failure| panic!("read of {key} through s{}: {failure:?}", place + 1));
        assert_eq!(answer.status, 200, "read of {key} through s{}: {answer:?}", place + 1);
        answer.body
    }

    /// The Raft configuration as the leader has it.
    pub(crate) fn peers(&self, place: usize) -> Result<Vec<Value>, String> {
        let answer = http::get(self.servers[place].http(), "/v1/operator/raft/configuration");
        let answer = answer.map_err(|failure| failure.to_string())?;
        if answer.status != 200 {
            return Err(answer.body);
        }
        Ok(answer.json()["Servers"].as_array().expect("a list").clone())
    }

    /// A place for files of the test's own.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    fn look_for_leader(&self, asked: &[usize]) -> Result<usize, String> {
        let told = |&place: &usize| match http::get(self.servers[place].http(), "/v1/status/leader") {
            Ok(answer) if answer.status == 200 => text(&answer.json()),
            other => format!("{other:?}"),
        };
        let told: Vec<String> = asked.iter().map(told).collect();
        let leads = |&&place: &&usize| {
            let address = format!("{}:8300", self.servers[place].address);
            told.iter().all(|leader| *leader == address)
        };
        asked.iter().find(leads).copied().ok_or_else(|| format!("{told:?}"))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if !thread::panicking() {
            return;
        }
        for server in &self.servers {
            let log = server.log();
            let lines: Vec<&str> = log.lines().collect();
            let shown = &lines[lines.len().saturating_sub(LOG_LINES_SHOWN)..];
            eprintln!("--- the end of the log of {} at {}:\n{}", server.name, server.address, shown.join("\n"));
        }
    }
}
