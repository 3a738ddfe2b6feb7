//! The one place that lets time pass: looks again until something is there, with a deadline.

use std::thread;
use std::time::{Duration, Instant};

/// Far beyond what anything takes, so that a busy machine does no harm.
const DEADLINE: Duration = Duration::from_secs(40);

const PAUSE: Duration = Duration::from_millis(20);

/// What is found, or what was seen instead when the time was over.
pub(crate) fn until<T>(mut look: impl FnMut() -> Result<T, String>) -> Result<T, String> {
    let begun = Instant::now();
    loop {
        match look() {
            Err(seen) if begun.elapsed() > DEADLINE => return Err(seen),
            Err(_) => pause(),
            found => return found,
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "other processes tell nobody when they change; this is the pause of the one poll"
)]
fn pause() {
    thread::sleep(PAUSE);
}
