//! What the fake agent tells of itself: numbers that never change.

use std::sync::Arc;

use proconsul_calls::agent::MetricsCalls;
use proconsul_telemetry::{Interval, Level};

use super::FakeLocal;

impl MetricsCalls for FakeLocal {
    fn metrics(&self) -> Arc<Interval> {
        let level =
            Level { name: "consul.runtime.sys_bytes".to_owned(), value: 74_793_984.0, labels: Default::default() };
        let timestamp = "2026-11-23 20:59:00 +0000 UTC".to_owned();
        Arc::new(Interval { timestamp, gauges: vec![level], ..Interval::default() })
    }

    fn prometheus(&self) -> Option<String> {
        None
    }

    async fn next_metrics(&self) -> Option<Arc<Interval>> {
        Some(self.metrics())
    }
}
