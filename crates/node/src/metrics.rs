//! Metrics while the node runs: the time is told to the registry, levels are looked at each second, sinks are told of each event.

mod levels;
mod send;

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use proconsul_calls::agent::MetricsCalls;
use proconsul_telemetry::{Interval, registry};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval_at};

use crate::local::Node;

/// The intervals that are over, for those who wait for the next.
#[derive(Debug, Default)]
pub(crate) struct Intervals(watch::Sender<Option<Arc<Interval>>>);

/// Shows metrics as configured, and begins to send them where they are wanted.
pub(crate) fn begin(tasks: &mut JoinSet<()>, node: &Arc<Node>) {
    let telemetry = &node.config.telemetry;
    registry::show_as(telemetry.view(&node.config.hostname));
    tasks.spawn(keep_time(Arc::clone(node)));
    let sinks = send::Sinks::of(telemetry);
    if !sinks.is_empty() {
        registry::keep_events(true);
        tasks.spawn(sinks.send());
    }
}

/// Looks once a second, on the second, so that intervals end when those of Consul end.
async fn keep_time(node: Arc<Node>) {
    let into_second = Duration::from_nanos(u64::from(since_epoch().subsec_nanos()));
    let first = tokio::time::Instant::now() + (Duration::from_secs(1) - into_second);
    let mut seconds = interval_at(first, Duration::from_secs(1));
    seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        seconds.tick().await;
        levels::look(&node);
        registry::tick(since_epoch().as_secs());
        node.intervals.0.send_if_modified(|known| {
            let finished = registry::finished();
            let is_new = known.as_ref().map(Arc::as_ptr) != finished.as_ref().map(Arc::as_ptr);
            *known = finished;
            is_new
        });
    }
}

fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

impl MetricsCalls for Node {
    fn metrics(&self) -> Arc<Interval> {
        registry::interval(since_epoch().as_secs())
    }

    fn prometheus(&self) -> Option<String> {
        let text = registry::prometheus(since_epoch().as_secs())?;
        Some(text + &levels::process())
    }

    async fn next_metrics(&self) -> Option<Arc<Interval>> {
        let mut intervals = self.intervals.0.subscribe();
        intervals.changed().await.ok()?;
        intervals.borrow().clone()
    }
}
