//! One pod as `kube get -o json` shows it, and the server that runs in it.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};

use serde_json::Value;

use super::command::{Finished, proconsul};

/// A pod at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pod {
    pub(crate) name: String,
    pub(crate) uid: String,
    pub(crate) node: String,
    pub(crate) address: String,
    pub(crate) is_ready: bool,
    pub(crate) restarts: u64,
    /// Of its one container: another one for each start.
    pub(crate) container: String,
    /// Why it has no node.
    pub(crate) unplaced: String,
}

impl Pod {
    pub(crate) fn of(pod: &Value) -> Self {
        let text = |path: &str| pod.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
        let conditions = pod["status"]["conditions"].as_array().cloned().unwrap_or_default();
        let condition = |kind: &str| conditions.iter().find(|one| one["type"] == kind).cloned().unwrap_or_default();
        let is_ready = condition("Ready")["status"] == "True" && pod["metadata"]["deletionTimestamp"].is_null();
        Self {
            name: text("/metadata/name"),
            uid: text("/metadata/uid"),
            node: text("/spec/nodeName"),
            address: text("/status/podIP"),
            is_ready,
            restarts: pod["status"]["containerStatuses"][0]["restartCount"].as_u64().unwrap_or_default(),
            container: text("/status/containerStatuses/0/containerID"),
            unplaced: condition("PodScheduled")["message"].as_str().unwrap_or_default().to_owned(),
        }
    }

    fn http_addr(&self) -> String {
        format!("-http-addr=http://{}:8500", self.address)
    }

    /// Writes a key through this pod.
    pub(crate) fn put(&self, key: &str, value: &str) -> Finished {
        proconsul(["kv", "put", &self.http_addr(), key, value])
    }

    /// Reads a key through this pod.
    #[track_caller]
    pub(crate) fn read(&self, key: &str) -> String {
        proconsul(["kv", "get", &self.http_addr(), key]).success().trim_end().to_owned()
    }

    /// What this pod says of the servers: how many are voters, which leads. An error while there is no leader.
    pub(crate) fn voters(&self) -> Result<(usize, Option<String>), String> {
        let listed = proconsul(["operator", "raft", "list-peers", &self.http_addr()]);
        if !listed.is_success {
            return Err(listed.err);
        }
        // A server whose new address is not known yet has none, so the columns are not counted.
        let rows: Vec<Vec<&str>> = listed.out.lines().skip(1).map(|line| line.split_whitespace().collect()).collect();
        let leader = rows.iter().find(|row| row.contains(&"leader")).map(|row| row[0].to_owned());
        Ok((rows.iter().filter(|row| row.contains(&"true")).count(), leader))
    }

    /// The whole answer to a plain request.
    pub(crate) fn answer(&self, path: &str) -> String {
        let address: Ipv4Addr = self.address.parse().expect("a pod that runs has an address");
        let mut stream = TcpStream::connect((address, 8500)).expect("the pod listens");
        let request = format!("GET {path} HTTP/1.1\r\nHost: {address}:8500\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("takes the request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answers");
        answer
    }
}
