//! Many seeds, on all cores.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::plan::Options;
use crate::property::Violation;
use crate::report::Report;
use crate::world::World;

/// What a seed showed, with the events that led there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The seed; the same seed with the same options fails again.
    pub seed: u64,
    /// At which step.
    pub step: u64,
    /// What does not hold.
    pub violation: Violation,
    /// The last events, oldest first.
    pub told: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.told {
            writeln!(f, "{line}")?;
        }
        write!(f, "seed {} fails at step {}: {}", self.seed, self.step, self.violation)
    }
}

impl std::error::Error for Failure {}

/// Runs one seed. When it fails, it is run once more to tell how.
pub fn run(seed: u64, options: Options) -> Result<Report, Failure> {
    match attempt(seed, options) {
        Ok(report) => Ok(report),
        Err(failure) if options.tells => Err(failure),
        Err(failure) => Err(attempt(seed, Options { tells: true, ..options }).err().unwrap_or(failure)),
    }
}

fn attempt(seed: u64, options: Options) -> Result<Report, Failure> {
    let mut world = World::new(seed, options);
    let result = catch_unwind(AssertUnwindSafe(|| world.run()))
        .unwrap_or_else(|panic| Err(Violation::Panic(panic_text(panic.as_ref()))));
    match result {
        Ok(()) => Ok(world.report),
        Err(violation) => Err(Failure { seed, step: world.step, violation, told: world.told.into() }),
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "without a message".to_owned())
}

/// Which seeds, and how many at a time.
#[derive(Clone, Copy, Debug)]
pub struct Sweep {
    /// The first one.
    pub first: u64,
    /// How many.
    pub seeds: u64,
    /// Threads.
    pub threads: usize,
}

/// Runs many seeds until one fails; calls `progress` with how many are done, from any thread. Answers the counts of all, or the
/// failure and how many seeds were done before it.
pub fn sweep(sweep: Sweep, options: Options, progress: &(dyn Fn(u64) + Sync)) -> Result<Report, (u64, Box<Failure>)> {
    let (next, done, stop) = (AtomicU64::new(sweep.first), AtomicU64::new(0), AtomicBool::new(false));
    let total = Mutex::new(Report::default());
    let failed: Mutex<Option<Failure>> = Mutex::new(None);
    let work = || {
        let mut mine = Report::default();
        while !stop.load(Ordering::Relaxed) {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= sweep.first + sweep.seeds {
                break;
            }
            match run(seed, options) {
                Ok(report) => mine.merge(&report),
                Err(failure) => {
                    stop.store(true, Ordering::Relaxed);
                    *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
                }
            }
            progress(done.fetch_add(1, Ordering::Relaxed) + 1);
        }
        total.lock().unwrap_or_else(PoisonError::into_inner).merge(&mine);
    };
    std::thread::scope(|scope| {
        for _ in 0..sweep.threads.max(1) {
            scope.spawn(work);
        }
    });
    match failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(failure) => Err((done.into_inner(), Box::new(failure))),
        None => Ok(total.into_inner().unwrap_or_else(PoisonError::into_inner)),
    }
}
