//! The table: medians over the rounds, ratios, and where they were measured.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::load::Outcome;
use super::suite::{Suite, Workload};
use super::system::System;
use crate::repository;
use crate::say::say;

/// All outcomes of all rounds.
pub(super) struct Report {
    suite: Suite,
    outcomes: Vec<(System, Workload, Outcome)>,
    /// Megabytes of each server at the end of a round.
    memory: Vec<(System, Vec<f64>)>,
}

impl Report {
    /// Nothing measured yet.
    pub(super) const fn new(suite: Suite) -> Self {
        Self { suite, outcomes: Vec::new(), memory: Vec::new() }
    }

    /// A workload is done.
    pub(super) fn add(&mut self, system: System, workload: Workload, outcome: Outcome) {
        self.outcomes.push((system, workload, outcome));
    }

    /// A round is done.
    pub(super) fn add_memory(&mut self, system: System, megabytes: Vec<f64>) {
        self.memory.push((system, megabytes));
    }

    /// The document that is kept.
    pub(super) fn text(&self, systems: &[System], rounds: usize, each: Duration) -> Result<String> {
        let mut text = heading(self.suite, rounds, each)?;
        let names: Vec<&str> = systems.iter().map(|system| system.name()).collect();
        let ratios: Vec<String> =
            ratios(systems).map(|(base, other)| format!("{}/{}", base.name(), other.name())).collect();
        let columns: Vec<&str> = names.iter().copied().chain(ratios.iter().map(String::as_str)).collect();
        writeln!(text, "| figure | {} |\n|---|{}", columns.join(" | "), "---:|".repeat(columns.len()))?;
        for &workload in self.suite.workloads() {
            for (name, figure) in workload.figures() {
                let median = |system| self.median(system, workload, *figure);
                row(&mut text, systems, &format!("{}: {name}", workload.name()), median)?;
            }
        }
        row(&mut text, systems, "resident memory of the largest server, MB", |system| self.memory(system))?;
        row(&mut text, systems, "failed answers, all rounds", |system| self.failed(system))?;
        Ok(text)
    }

    fn median(&self, system: System, workload: Workload, figure: fn(&Outcome) -> f64) -> f64 {
        let chosen = self.outcomes.iter().filter(|outcome| outcome.0 == system && outcome.1 == workload);
        median(chosen.map(|outcome| figure(&outcome.2)).collect())
    }

    fn memory(&self, system: System) -> f64 {
        let chosen = self.memory.iter().filter(|memory| memory.0 == system);
        median(chosen.filter_map(|memory| memory.1.first().copied()).collect())
    }

    fn failed(&self, system: System) -> f64 {
        let chosen = self.outcomes.iter().filter(|outcome| outcome.0 == system);
        chosen.map(|outcome| outcome.2.failed as f64).sum()
    }
}

/// The first system against each other one.
fn ratios(systems: &[System]) -> impl Iterator<Item = (System, System)> {
    let base = systems.first().copied();
    systems.iter().skip(1).filter_map(move |&other| Some((base?, other)))
}

fn row(text: &mut String, systems: &[System], figure: &str, value: impl Fn(System) -> f64) -> Result<()> {
    let values = systems.iter().map(|&system| format!("{:.0}", value(system)));
    let ratios = ratios(systems).map(|(base, other)| match (value(base), value(other)) {
        (_, 0.0) => String::from("–"),
        (ours, theirs) => format!("{:.2}", ours / theirs),
    });
    let cells: Vec<String> = values.chain(ratios).collect();
    Ok(writeln!(text, "| {figure} | {} |", cells.join(" | "))?)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn heading(suite: Suite, rounds: usize, each: Duration) -> Result<String> {
    let machine = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = machine.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map(|line| line.1);
    let cores = std::thread::available_parallelism()?;
    let mut text =
        format!("# {} benchmark, {}, commit {}\n\n", suite.name(), output("date", &["-u", "+%F"])?, commit()?);
    writeln!(
        text,
        "- Machine: {cores} cores of {}, Linux {}.",
        model.unwrap_or("an unknown model"),
        output("uname", &["-r"])?
    )?;
    writeln!(
        text,
        "- Three servers of one system at a time on loopback addresses, started from nothing;\n  {};",
        suite.preloaded()
    )?;
    writeln!(
        text,
        "  load by `wrk`, `dnsperf` and a driver of our own on the same machine, {} s each.",
        each.as_secs()
    )?;
    writeln!(
        text,
        "- Medians of {rounds} alternating rounds. Consul 1.8.7 with `raft_multiplier = 1`, its setting for production."
    )?;
    if suite.systems().contains(&System::Etcd) {
        writeln!(text, "  etcd 3.5 through its JSON gateway, where default and consistent reads are the same.")?;
    }
    let words: Vec<String> = std::env::args().skip(1).collect();
    writeln!(text, "- Processor time is that of all three servers. Command: `cargo xtask {}`.\n", words.join(" "))?;
    Ok(text)
}

/// The commit, marked when the files differ from it.
fn commit() -> Result<String> {
    let commit = output("git", &["rev-parse", "--short", "HEAD"])?;
    let changed = !output("git", &["status", "--porcelain", "--untracked-files=no"])?.is_empty();
    Ok(if changed { commit + "-changed" } else { commit })
}

fn output(program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program).args(arguments).current_dir(repository::root()).output();
    let output = output.with_context(|| format!("cannot run {program}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Writes the document into `bench/results`.
pub(super) fn keep(suite: Suite, text: &str) -> Result<()> {
    let folder = repository::root().join("bench/results");
    fs::create_dir_all(&folder)?;
    let path =
        folder.join(format!("{}-{}-{}.md", output("date", &["-u", "+%F"])?, suite.name().to_lowercase(), commit()?));
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    say(&format!("written to {}", path.display()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        assert!((median(vec![9.0, 1.0, 5.0]) - 5.0).abs() < 1e-9);
    }

    #[test]
    fn a_row_compares_the_first_with_the_others() {
        let mut text = String::new();
        let value = |system| if system == System::Ours { 300.0 } else { 100.0 };
        row(&mut text, &[System::Ours, System::Consul], "x", value).unwrap();
        assert_eq!(text, "| x | 300 | 100 | 3.00 |\n");
    }
}
