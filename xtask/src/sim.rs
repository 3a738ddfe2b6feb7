//! `cargo xtask sim`: many seeds of the simulated world on all cores, or its self-test with planted bugs.
//!
//! Built without optimisation, it builds and runs itself again with it: that is ten times faster.

use std::num::NonZero;
use std::process::Command;
use std::thread::available_parallelism;
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use proconsul_sim::{Options, Plant, Report, Sweep};

use crate::say::say;

const USAGE: &str = "usage: cargo xtask sim [--seeds N] [--steps N] [--first SEED] [--seed SEED] [--self-test]

  --seeds N      how many seeds (1000; with --self-test at most 2000 for each planted bug)
  --steps N      steps of each (10000)
  --first SEED   the first seed (0)
  --seed SEED    only this one
  --self-test    plant each known bug in turn and see that it is found";

/// Progress is said this many times.
const PROGRESS: u64 = 20;

struct Arguments {
    seeds: Option<u64>,
    steps: u64,
    first: u64,
    self_test: bool,
}

/// Runs it with the words after `sim`.
pub(crate) fn run(words: &[&str]) -> Result<()> {
    let arguments = parse(words)?;
    if cfg!(debug_assertions) && arguments.seeds != Some(1) {
        return run_optimised(words);
    }
    // Failures are told with their history; the place of a panic would only be in the way.
    std::panic::set_hook(Box::new(|_| ()));
    if arguments.self_test { self_test(&arguments) } else { sweep(&arguments) }
}

/// The same chore by an optimised build of this program.
fn run_optimised(words: &[&str]) -> Result<()> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--quiet", "--release", "--package", "xtask", "--", "sim"]).args(words);
    let status = cargo.status().context("the optimised build cannot be started")?;
    ensure!(status.success(), "the optimised run failed, see above");
    Ok(())
}

fn parse(words: &[&str]) -> Result<Arguments> {
    let mut arguments = Arguments { seeds: None, steps: 10_000, first: 0, self_test: false };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut number = || {
            let value = words.next().with_context(|| format!("{word} needs a number\n\n{USAGE}"))?;
            value.replace('_', "").parse::<u64>().with_context(|| format!("{word} {value:?} is no number"))
        };
        match *word {
            "--seeds" => arguments.seeds = Some(number()?),
            "--steps" => arguments.steps = number()?,
            "--first" => arguments.first = number()?,
            "--seed" => (arguments.first, arguments.seeds) = (number()?, Some(1)),
            "--self-test" => arguments.self_test = true,
            _ => bail!("unknown argument {word:?}\n\n{USAGE}"),
        }
    }
    Ok(arguments)
}

fn threads() -> usize {
    available_parallelism().map_or(1, NonZero::get)
}

fn sweep(arguments: &Arguments) -> Result<()> {
    let seeds = arguments.seeds.unwrap_or(1000);
    let begin = Instant::now();
    let every = (seeds / PROGRESS).max(1);
    let progress = |done: u64| {
        if done.is_multiple_of(every) {
            say(&format!("{done:>8} of {seeds} seeds, {:.0} a second", done as f64 / begin.elapsed().as_secs_f64()));
        }
    };
    let sweep = Sweep { first: arguments.first, seeds, threads: threads() };
    match proconsul_sim::sweep(sweep, Options::steps(arguments.steps), &progress) {
        Ok(report) => tell(&report, seeds, arguments.steps, begin),
        Err((_, failure)) => {
            bail!("{failure}\n\nagain: cargo xtask sim --seed {} --steps {}", failure.seed, arguments.steps)
        }
    }
}

fn tell(report: &Report, seeds: u64, steps: u64, begin: Instant) -> Result<()> {
    let seconds = begin.elapsed().as_secs_f64();
    say(&format!("{report}"));
    say(&format!(
        "{seeds} seeds of {steps} steps found nothing, in {seconds:.0} s ({:.1} a second)",
        seeds as f64 / seconds
    ));
    let never = report.never();
    if seeds >= 100 && !never.is_empty() {
        say(&format!("never happened: {}", never.join(", ")));
    }
    Ok(())
}

fn self_test(arguments: &Arguments) -> Result<()> {
    let seeds = arguments.seeds.unwrap_or(2000).min(2000);
    let sweep = Sweep { first: arguments.first, seeds, threads: threads() };
    let mut missed: Vec<Plant> = Vec::new();
    for plant in Plant::ALL {
        match proconsul_sim::sweep(sweep, Options { plant: Some(plant), ..Options::steps(arguments.steps) }, &|_| ()) {
            Err((done, failure)) => say(&format!("{plant:?}: found after {done} seeds: {}", failure.violation)),
            Ok(_) => {
                say(&format!("{plant:?}: not found in {seeds} seeds"));
                missed.push(plant);
            }
        }
    }
    ensure!(missed.is_empty(), "{} of {} planted bugs were not found", missed.len(), Plant::ALL.len());
    Ok(())
}
