//! `cargo xtask bench kv` and `bench services`: ours, Consul and etcd under the same load, in turn, on this machine. Knows how to run them and
//! to compare, not why one is faster.

mod dns;
mod http;
mod load;
mod measure;
mod report;
mod suite;
mod system;
mod watch;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use crate::peers;
use crate::say::say;
use report::Report;
pub(crate) use suite::Suite;
use system::{Cluster, System};

/// How the benchmark runs.
#[derive(Debug)]
struct Options {
    systems: Vec<System>,
    rounds: usize,
    /// How long each workload runs.
    each: Duration,
    /// A program of ours that is built already; otherwise the release form is built.
    binary: Option<PathBuf>,
}

impl Options {
    /// `--systems a,b`, `--rounds N`, `--seconds N`, `--binary PATH`.
    fn parse(suite: Suite, arguments: &[&str]) -> Result<Self> {
        let mut options =
            Self { systems: suite.systems().to_vec(), rounds: 3, each: Duration::from_secs(8), binary: None };
        for pair in arguments.chunks(2) {
            let &[flag, value] = pair else { bail!("{} needs a value", pair[0]) };
            let number = || value.parse().with_context(|| format!("{flag} needs a number, not {value}"));
            match flag {
                "--systems" => options.systems = value.split(',').map(System::from_name).collect::<Result<_>>()?,
                "--rounds" => options.rounds = usize::try_from(number()?)?,
                "--seconds" => options.each = Duration::from_secs(number()?),
                "--binary" => options.binary = Some(PathBuf::from(value)),
                _ => bail!(
                    "unknown flag {flag}; there are --systems ours,consul,etcd, --rounds N, --seconds N and --binary PATH"
                ),
            }
        }
        let unknown = options.systems.iter().find(|system| !suite.systems().contains(system));
        ensure!(unknown.is_none(), "{} has no services", unknown.map_or("it", |system| system.name()));
        ensure!(options.rounds > 0 && !options.each.is_zero(), "there must be something to measure");
        Ok(options)
    }
}

/// Runs all rounds, prints the table and keeps it under `bench/results`.
pub(crate) fn run(suite: Suite, arguments: &[&str]) -> Result<()> {
    let options = Options::parse(suite, arguments)?;
    for tool in ["wrk", "dnsperf"] {
        peers::program(tool)?;
    }
    let mut programs = Vec::new();
    for system in &options.systems {
        programs.push(system.program(options.binary.as_deref())?);
    }
    let mut report = Report::new(suite);
    for round in 0..options.rounds {
        // Another one begins each round, lest the machine's mood favour a place.
        for turn in 0..options.systems.len() {
            let place = (round + turn) % options.systems.len();
            let system = options.systems[place];
            say(&format!("round {} of {}: {}", round + 1, options.rounds, system.name()));
            measure(suite, system, &programs[place], options.each, &mut report)
                .with_context(|| format!("cannot measure {}", system.name()))?;
        }
    }
    let text = report.text(&options.systems, options.rounds, options.each)?;
    say(&text);
    report::keep(suite, &text)
}

/// One system's part of a round: three servers from nothing, all workloads, memory at the end.
fn measure(suite: Suite, system: System, program: &Path, each: Duration, report: &mut Report) -> Result<()> {
    let cluster = Cluster::start(system, suite, program)?;
    let roles = cluster.wait_for_leader()?;
    suite.preload(system, roles.leader)?;
    for &workload in suite.workloads() {
        let before = measure::processor(&cluster.processes())?;
        let mut result = match workload.watchers() {
            Some(count) => watch::run(system, roles.leader, cluster.process_at(roles.leader)?, count)?,
            None if workload.is_dns() => dns::run(workload, roles.leader, each)?,
            None => load::run(system, workload, roles, each)?,
        };
        let spent = measure::processor(&cluster.processes())?.saturating_sub(before);
        result.processor_us = spent.as_micros() as f64 / result.requests.max(1) as f64;
        say(&format!("  {}: {}", workload.name(), result));
        report.add(system, workload, result);
    }
    report.add_memory(system, measure::memory(&cluster.processes())?);
    Ok(())
}
