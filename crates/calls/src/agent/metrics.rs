//! What the agent has counted and timed.

use std::future::Future;
use std::sync::Arc;

use proconsul_telemetry::Interval;

/// `/v1/agent/metrics`.
pub trait MetricsCalls {
    /// The last ten seconds that are over; at first, what there is.
    fn metrics(&self) -> Arc<Interval>;

    /// Everything since the start in the text form of Prometheus; `None` when the configuration does not keep that.
    fn prometheus(&self) -> Option<String>;

    /// Waits until the running ten seconds are over, and returns them; `None` when the agent stops.
    fn next_metrics(&self) -> impl Future<Output = Option<Arc<Interval>>> + Send;
}
