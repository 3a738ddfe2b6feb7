//! Metrics while the node runs: the time is told to the registry, levels are looked at each second, sinks are told of each event.

mod levels;
mod send;

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use parking_lot::Mutex;
use proconsul_calls::agent::{Intervals, MetricsCalls};
use proconsul_telemetry::{Interval, registry};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval_at};

use crate::local::Node;

/// How many intervals wait for one who takes them slowly.
const COMING: usize = 4;

/// Those who wait for intervals.
#[derive(Debug, Default)]
pub(crate) struct Followers(Mutex<Vec<mpsc::Sender<Arc<Interval>>>>);

/// What one of them gets.
struct Coming(mpsc::Receiver<Arc<Interval>>);

impl Intervals for Coming {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Arc<Interval>>> {
        self.0.poll_recv(cx)
    }
}

impl Followers {
    fn tell(&self, interval: &Arc<Interval>) {
        self.0.lock().retain(|follower| {
            !matches!(follower.try_send(Arc::clone(interval)), Err(mpsc::error::TrySendError::Closed(_)))
        });
    }
}

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
    let mut known = registry::finished();
    loop {
        seconds.tick().await;
        levels::look(&node);
        registry::tick(since_epoch().as_secs());
        let finished = registry::finished();
        if known.as_ref().map(Arc::as_ptr) != finished.as_ref().map(Arc::as_ptr) {
            finished.iter().for_each(|interval| node.followers.tell(interval));
            known = finished;
        }
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

    fn coming_metrics(&self) -> Box<dyn Intervals> {
        let (sender, coming) = mpsc::channel(COMING);
        self.followers.0.lock().push(sender);
        Box::new(Coming(coming))
    }
}
