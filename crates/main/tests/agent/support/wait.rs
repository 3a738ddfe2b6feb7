//! The one place that lets time pass: waits on a condition, with a deadline, and tells the history when it fails.

use std::fmt::Write;
use std::thread;
use std::time::{Duration, Instant};

/// Far beyond what anything takes here, so that a busy machine does not fail a test.
const DEADLINE: Duration = Duration::from_secs(30);

/// The pause between two looks.
const PAUSE: Duration = Duration::from_millis(10);

/// Looks until something is found; what was seen instead is told, each change once, when that takes too long.
pub(crate) fn wait_until<T>(what: &str, mut look: impl FnMut() -> Result<T, String>) -> T {
    let begin = Instant::now();
    let mut history: Vec<(Duration, String)> = Vec::new();
    repeat(|| match look() {
        Ok(found) => Some(found),
        Err(seen) => {
            if history.last().is_none_or(|(_, before)| *before != seen) {
                history.push((begin.elapsed(), seen));
            }
            assert!(
                begin.elapsed() < DEADLINE,
                "waited {DEADLINE:?} in vain until {what}; seen instead:{}",
                told(&history)
            );
            None
        }
    })
}

/// Looks for as long as it takes.
pub(crate) fn repeat<T>(mut look: impl FnMut() -> Option<T>) -> T {
    loop {
        if let Some(found) = look() {
            return found;
        }
        pause();
    }
}

fn told(history: &[(Duration, String)]) -> String {
    history.iter().fold(String::new(), |mut told, (after, seen)| {
        let _ = write!(told, "\n  after {after:.3?}: {seen}");
        told
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "other processes tell nobody when they change; this is the pause of the one poll"
)]
fn pause() {
    thread::sleep(PAUSE);
}
