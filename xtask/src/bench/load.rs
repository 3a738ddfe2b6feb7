//! HTTP under load: `wrk` makes it, with the scripts in `bench/`. Knows what came of it, not what was asked.

use std::fmt;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::suite::Workload;
use super::system::{Roles, System};
use crate::{peers, repository};

/// What came of a workload. What it does not measure is 0.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Outcome {
    /// Answers, failed ones among them.
    pub(super) requests: u64,
    pub(super) per_second: f64,
    pub(super) failed: u64,
    pub(super) p50_us: f64,
    pub(super) p99_us: f64,
    /// Until the last watcher had its answer.
    pub(super) all_us: f64,
    /// Resident memory that one watcher costs the server.
    pub(super) watcher_bytes: f64,
    /// Processor time of all three servers for each request.
    pub(super) processor_us: f64,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { per_second, failed, p50_us, p99_us, processor_us, all_us, watcher_bytes, .. } = self;
        if *all_us > 0.0 {
            return write!(f, "all after {all_us:.0} µs, {watcher_bytes:.0} bytes each, {failed} failed");
        }
        write!(
            f,
            "{per_second:.0}/s, p50 {p50_us:.0} µs, p99 {p99_us:.0} µs, {failed} failed, {processor_us:.1} µs of processor each"
        )
    }
}

/// Runs one workload.
pub(super) fn run(system: System, workload: Workload, roles: Roles, each: Duration) -> Result<Outcome> {
    let script = format!("{}_{}.lua", system.protocol(), workload.script());
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
        ..Outcome::default()
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
