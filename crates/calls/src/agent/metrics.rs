//! What the agent has counted and timed.

use std::sync::Arc;
use std::task::{Context, Poll};

use proconsul_telemetry::Interval;

/// `/v1/agent/metrics`.
pub trait MetricsCalls {
    /// The last ten seconds that are over; at first, what there is.
    fn metrics(&self) -> Arc<Interval>;

    /// Everything since the start in the text form of Prometheus; `None` when the configuration does not keep that.
    fn prometheus(&self) -> Option<String>;

    /// The intervals from now on, each when it is over.
    fn coming_metrics(&self) -> Box<dyn Intervals>;
}

/// Intervals that are still to come.
pub trait Intervals: Send {
    /// The next; `None` when the agent stops. Who takes them too slowly misses some.
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Arc<Interval>>>;
}
