//! What a leader remembers and no log holds: the ends of sessions, its judgement of the servers. Shared between the duties that
//! write it and the answers that are given from it; begins anew with each leadership.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use proconsul_base::id::{RaftId, SessionId};
use proconsul_base::time::Instant;
use proconsul_telemetry::names::server as names;
use proconsul_types::autopilot::{Configuration, Health};
use tokio::sync::watch;

use super::health::{Evidence, Judge};
use super::session_ttl::Timers;

/// Tells the seconds since 1970.
pub type WallClock = fn() -> u64;

/// A leader's memory.
pub struct Memory {
    beginning: tokio::time::Instant,
    wall_clock: WallClock,
    pub(super) timers: Mutex<Timers>,
    judge: Mutex<Judge>,
    judged: watch::Sender<Arc<Health>>,
}

impl Memory {
    /// An empty memory.
    pub fn new(wall_clock: WallClock) -> Self {
        Self {
            beginning: tokio::time::Instant::now(),
            wall_clock,
            timers: Mutex::default(),
            judge: Mutex::default(),
            judged: watch::Sender::new(Arc::default()),
        }
    }

    /// Forgets everything: another leadership begins.
    pub(super) fn clear(&self) {
        *self.timers.lock() = Timers::default();
        *self.judge.lock() = Judge::default();
        self.judged.send_replace(Arc::default());
    }

    /// The monotonic time by which this memory counts.
    pub(super) fn now(&self) -> Instant {
        Instant::ZERO + self.beginning.elapsed()
    }

    /// Returns at that time; never when there is none.
    pub(super) async fn until(&self, instant: Option<Instant>) {
        match instant {
            Some(instant) => tokio::time::sleep_until(self.beginning + instant.since(Instant::ZERO)).await,
            None => std::future::pending().await,
        }
    }

    /// Starts the time of a session anew; false when it is over already.
    pub(super) fn renew(&self, session: SessionId, time_to_live: Duration) -> bool {
        self.timers.lock().renew(self.now(), session, time_to_live)
    }

    /// Judges the servers anew.
    pub(super) fn judge(&self, evidence: &Evidence<'_>, goes_by: &Configuration) {
        let health = self.judge.lock().judge((self.wall_clock)(), evidence, goes_by);
        names::AUTOPILOT_HEALTHY.set(if health.healthy { 1.0 } else { 0.0 });
        names::AUTOPILOT_FAILURE_TOLERANCE.set(health.failure_tolerance as f32);
        self.judged.send_replace(Arc::new(health));
    }

    /// The newest judgement; wakes with each.
    pub fn judged(&self) -> watch::Receiver<Arc<Health>> {
        self.judged.subscribe()
    }

    /// Whether a server has been healthy for long enough to get a vote.
    pub fn is_stable(&self, server: RaftId, goes_by: &Configuration) -> bool {
        self.judge.lock().is_stable(server, (self.wall_clock)(), goes_by)
    }
}
