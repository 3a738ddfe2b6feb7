//! Measures what readers cost who wait for one service: a real server in this process, its door called without any socket.
//!
//! `cargo run --release -p proconsul-watchers -- [WATCHERS] [INSTANCES]`, by default 100,000 watchers of a service with one
//! instance. Knows nothing of HTTP: the difference to `cargo xtask bench watchers` is what connections cost.

mod server;
mod service;

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use proconsul_base::index::Index;
use proconsul_calls::catalog::Instances;
use proconsul_calls::door::Door;
use proconsul_calls::read::{ReadOptions, Wait};
use tokio::task::JoinSet;

use service::NAME;

/// How long a watcher waits at most: far longer than the measurement.
const PATIENCE: Duration = Duration::from_secs(600);

#[tokio::main]
async fn main() -> Result<()> {
    let mut numbers =
        std::env::args().skip(1).map(|word| word.parse::<usize>().with_context(|| format!("not a number: {word}")));
    let watchers = numbers.next().transpose()?.unwrap_or(100_000);
    let instances = numbers.next().transpose()?.unwrap_or(1);
    ensure!(watchers > 0 && instances > 0, "there must be somebody to wait, and something to wait for");
    let (server, door) = server::start().await?;
    measure(&door, watchers, instances).await?;
    server.stop().await;
    Ok(())
}

async fn measure<D: Door>(door: &Arc<D>, watchers: usize, instances: usize) -> Result<()> {
    for number in 0..instances {
        door.catalog_register(service::instance(number, 1)).await?;
    }
    let seen = door.health_service(Instances { name: NAME, ..Instances::default() }).await?.index;
    let before = resident_bytes()?;
    let mut waiting = JoinSet::new();
    for _ in 0..watchers {
        waiting.spawn(watch(Arc::clone(door), seen));
    }
    settle().await;
    let each = resident_bytes()?.saturating_sub(before) / watchers as u64;
    let begun = Instant::now();
    door.catalog_register(service::instance(0, 2)).await?;
    let written = begun.elapsed();
    while let Some(answered) = waiting.join_next().await {
        answered??;
    }
    let woken = begun.elapsed();
    say(&format!("{watchers} watchers of a service with {instances} instance(s)"))?;
    say(&format!("resident bytes per watcher: {each}"))?;
    say(&format!("the change was acknowledged after {written:.1?}, all watchers had it after {woken:.1?}"))
}

/// Waits for a newer index than the one seen, as a client would.
async fn watch<D: Door>(door: Arc<D>, seen: Index) -> Result<()> {
    let wait = Wait { index: seen, at_most: Some(PATIENCE) };
    let options = ReadOptions { wait: Some(wait), ..ReadOptions::default() };
    let answer = door.health_service(Instances { name: NAME, options, ..Instances::default() }).await?;
    ensure!(answer.index > seen, "a watcher was answered without a change");
    Ok(())
}

/// Lets every watcher come to its wait: a task that is polled after all of them have been.
async fn settle() {
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
}

/// The memory this process holds.
fn resident_bytes() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").context("cannot read the memory of this process")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<u64>().ok());
    Ok(kilobytes.context("the kernel does not tell the memory of this process")? * 1024)
}

fn say(line: &str) -> Result<()> {
    writeln!(std::io::stdout(), "{line}").context("cannot print")
}
