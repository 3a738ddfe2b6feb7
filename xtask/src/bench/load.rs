//! The load: which requests at which server, and what came of them. `wrk` makes it, with the scripts in `bench/`.

use std::fmt;
use std::net::Ipv4Addr;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::http::Client;
use super::system::{Roles, System};
use crate::{peers, repository};

const KEYS: usize = 10_000;
const VALUE_BYTES: usize = 256;

/// Connections that load the keys at once.
const LOADERS: usize = 16;

/// What is asked of a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Workload {
    PutLeader,
    PutFollower,
    PutOne,
    GetDefault,
    GetStale,
    GetConsistent,
}

impl Workload {
    /// In the order in which they run.
    pub(super) const ALL: [Self; 6] =
        [Self::PutLeader, Self::PutFollower, Self::PutOne, Self::GetDefault, Self::GetStale, Self::GetConsistent];

    /// As the table says it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::PutLeader => "PUT, 64 clients, leader",
            Self::PutFollower => "PUT, 64 clients, follower",
            Self::PutOne => "PUT, 1 client, leader",
            Self::GetDefault => "GET default, 64 clients, leader",
            Self::GetStale => "GET stale, 64 clients, follower",
            Self::GetConsistent => "GET consistent, 64 clients, leader",
        }
    }

    const fn clients(self) -> u32 {
        if matches!(self, Self::PutOne) { 1 } else { 64 }
    }

    const fn is_put(self) -> bool {
        matches!(self, Self::PutLeader | Self::PutFollower | Self::PutOne)
    }

    /// The script's argument that asks for this kind of read.
    const fn argument(self, system: System) -> &'static str {
        match (self, system) {
            (Self::GetStale, System::Etcd) => "serializable",
            (Self::GetStale, _) => "?stale",
            (Self::GetConsistent, System::Ours | System::Consul) => "?consistent",
            _ => "",
        }
    }

    const fn host(self, roles: Roles) -> Ipv4Addr {
        if matches!(self, Self::PutFollower | Self::GetStale) { roles.follower } else { roles.leader }
    }
}

/// What came of a workload.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Outcome {
    /// Answers, failed ones among them.
    pub(super) requests: u64,
    pub(super) per_second: f64,
    pub(super) failed: u64,
    pub(super) p50_us: f64,
    pub(super) p99_us: f64,
    /// Processor time of all three servers for each request.
    pub(super) processor_us: f64,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { per_second, failed, p50_us, p99_us, processor_us, .. } = self;
        write!(
            f,
            "{per_second:.0}/s, p50 {p50_us:.0} µs, p99 {p99_us:.0} µs, {failed} failed, {processor_us:.1} µs of processor each"
        )
    }
}

/// Puts all keys once.
pub(super) fn preload(system: System, leader: Ipv4Addr) -> Result<()> {
    let value = "v".repeat(VALUE_BYTES);
    let load = |part: usize| -> Result<()> {
        let mut client = Client::connect(leader, system.port())?;
        for number in (part..KEYS).step_by(LOADERS) {
            let (method, path, body) = system.put(&format!("bench/key-{number:05}"), &value);
            client.send(method, &path, &body).context("cannot load the keys")?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let loaders: Vec<_> = (0..LOADERS).map(|part| scope.spawn(move || load(part))).collect();
        loaders.into_iter().try_for_each(|loader| loader.join().unwrap_or_else(|_| anyhow::bail!("a loader panicked")))
    })
}

/// Runs one workload.
pub(super) fn run(system: System, workload: Workload, roles: Roles, each: Duration) -> Result<Outcome> {
    let script = format!("{}_{}.lua", system.protocol(), if workload.is_put() { "put" } else { "get" });
    let threads = workload.clients().min(2);
    let url = format!("http://{}:{}", workload.host(roles), system.port());
    let output = Command::new(peers::program("wrk")?)
        .args(["--latency", "--timeout", "10s"])
        .args([format!("-t{threads}"), format!("-c{}", workload.clients()), format!("-d{}s", each.as_secs())])
        .args(["-s", &script, &url, "--", workload.argument(system)])
        // Where the scripts find what they share.
        .current_dir(repository::root().join("bench"))
        .output()
        .context("cannot run wrk")?;
    let text = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "wrk failed: {text}{}", String::from_utf8_lossy(&output.stderr));
    result(&text).with_context(|| format!("wrk gave no result: {text}{}", String::from_utf8_lossy(&output.stderr)))
}

/// Reads the line that `bench/common.lua` prints.
fn result(text: &str) -> Option<Outcome> {
    let line = text.lines().find_map(|line| line.strip_prefix("RESULT "))?;
    let field = |name: &str| {
        let value = line.split(' ').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        value?.parse::<u64>().ok()
    };
    let requests = field("requests")?;
    Some(Outcome {
        requests,
        per_second: requests as f64 * 1e6 / field("microseconds")?.max(1) as f64,
        failed: field("failed")?,
        p50_us: field("p50")? as f64,
        p99_us: field("p99")? as f64,
        processor_us: 0.0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_result_line_is_read() {
        let found = result("Running\nRESULT requests=500 microseconds=250000 failed=2 p50=10 p99=90\n").unwrap();
        assert_eq!((found.requests, found.failed), (500, 2));
        assert!((found.per_second - 2000.0).abs() < 1e-6 && found.p99_us > found.p50_us);
    }
}
