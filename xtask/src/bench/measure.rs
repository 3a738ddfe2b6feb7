//! What processes cost, from `/proc`.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

/// Linux counts processor time for user space in hundredths of a second, on every architecture (USER_HZ).
const TICK: Duration = Duration::from_millis(10);

/// Processor time of all these processes together, in user space and in the kernel.
pub(super) fn processor(processes: &[u32]) -> Result<Duration> {
    processes.iter().map(|&process| processor_of(process)).sum()
}

fn processor_of(process: u32) -> Result<Duration> {
    let path = format!("/proc/{process}/stat");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {path}; has the server ended?"))?;
    ticks(&text).map(|ticks| TICK * ticks).with_context(|| format!("{path} has an unknown form"))
}

/// Fields 14 and 15 of proc(5); the name in field 2 may hold anything, so counting begins behind its bracket.
fn ticks(stat: &str) -> Option<u32> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    Some(fields.next()?.parse::<u32>().ok()? + fields.next()?.parse::<u32>().ok()?)
}

/// Resident memory of each process, in megabytes, largest first.
pub(super) fn memory(processes: &[u32]) -> Result<Vec<f64>> {
    let mut found = processes.iter().map(|&process| memory_of(process)).collect::<Result<Vec<f64>>>()?;
    found.sort_by(|one, other| other.total_cmp(one));
    Ok(found)
}

fn memory_of(process: u32) -> Result<f64> {
    let path = format!("/proc/{process}/status");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {path}; has the server ended?"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes: f64 = line.and_then(|line| line.split_whitespace().next()?.parse().ok()).context("no VmRSS")?;
    Ok(kilobytes / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_behind_any_name() {
        assert_eq!(ticks("7 (a) b) S 1 7 7 0 -1 4194560 1 2 3 4 250 50 0 0 20 0 1"), Some(300));
    }
}
