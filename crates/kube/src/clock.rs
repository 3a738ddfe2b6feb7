//! Wall-clock time as the runtime stamps it on objects: UTC, whole seconds, RFC 3339.
//!
//! The clock is passed in, so that tests set it.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

pub use k8s_openapi::jiff::Timestamp;

/// Tells the time. Cheap to clone.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock that tells what this function returns.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The machine's clock.
    pub fn system() -> Self {
        Self::new(|| {
            let since_epoch = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
            let seconds = i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX);
            Timestamp::new(seconds, since_epoch.subsec_nanos().cast_signed()).unwrap_or(Timestamp::MAX)
        })
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }

    /// Now, as objects carry it.
    pub fn stamp(&self) -> String {
        stamp(self.now())
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

/// A time as objects carry it: `2026-01-02T03:04:05Z`.
pub fn stamp(time: Timestamp) -> String {
    Timestamp::from_second(time.as_second()).unwrap_or(time).to_string()
}

/// The time an object carries; `None` when the text is no time.
pub fn parse(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// How long after `earlier` this is; zero when it is before.
pub fn since(earlier: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(earlier)).unwrap_or(Duration::ZERO)
}

/// This time later; unchanged when that is beyond what can be told.
pub fn after(time: Timestamp, wait: Duration) -> Timestamp {
    time.checked_add(wait).unwrap_or(time)
}
