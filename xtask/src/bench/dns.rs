//! DNS under load: `dnsperf` makes it.

use std::fs;
use std::net::Ipv4Addr;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::load::Outcome;
use super::suite::Workload;
use crate::{peers, repository};

/// Consul's port for DNS.
const PORT: u16 = 8600;

/// Asks for the service with few instances, over and over.
pub(super) fn run(workload: Workload, host: Ipv4Addr, each: Duration) -> Result<Outcome> {
    let kind = if workload == Workload::DnsA { "A" } else { "SRV" };
    let questions = repository::target("bench").join("questions");
    fs::write(&questions, format!("few.service.consul {kind}\n"))?;
    let output = Command::new(peers::program("dnsperf")?)
        .args(["-s", &host.to_string(), "-p", &PORT.to_string(), "-d", &questions.display().to_string()])
        .args(["-l", &each.as_secs().to_string(), "-c", "16", "-T", "1", "-q", "256"])
        .output()
        .context("cannot run dnsperf")?;
    let text = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "dnsperf failed: {text}{}", String::from_utf8_lossy(&output.stderr));
    result(&text).with_context(|| format!("dnsperf gave no result: {text}"))
}

/// Reads dnsperf's summary: whatever is lost or no good answer has failed.
fn result(text: &str) -> Option<Outcome> {
    let field = |name: &str| text.lines().find_map(|line| line.trim().strip_prefix(name)?.split_whitespace().next());
    let good = text.lines().find_map(|line| line.split_once("NOERROR ")?.1.split([' ', ',']).next());
    let (sent, good): (u64, u64) = (field("Queries sent:")?.parse().ok()?, good?.parse().ok()?);
    let per_second = field("Queries per second:")?.parse().ok()?;
    Some(Outcome { requests: sent, per_second, failed: sent.saturating_sub(good), ..Outcome::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_is_read() {
        let text = "Statistics:\n\n  Queries sent:         1000\n  Queries completed:    990 (99.00%)\n  Queries lost:         10 (1.00%)\n\n  \
                    Response codes:       NOERROR 980 (98.99%), NXDOMAIN 10 (1.01%)\n  Queries per second:   5032.25\n";
        let found = result(text).unwrap();
        assert_eq!((found.requests, found.failed), (1000, 20));
        assert!((found.per_second - 5032.25).abs() < 1e-6);
    }
}
