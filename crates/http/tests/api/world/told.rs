//! What the fake agent tells of itself: numbers that never change.

use std::io;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use proconsul_calls::agent::{AgentError, HostCalls, Intervals, MetricsCalls, MonitorCalls, ReloadCalls};
use proconsul_calls::pieces::Pieces;
use proconsul_telemetry::{Interval, Level};
use proconsul_types::host::HostInfo;
use proconsul_types::log_level::LogLevel;

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

    fn coming_metrics(&self) -> Box<dyn Intervals> {
        Box::new(Few(vec![self.metrics()]))
    }
}

/// One interval, and then the end.
struct Few(Vec<Arc<Interval>>);

impl Intervals for Few {
    fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Option<Arc<Interval>>> {
        Poll::Ready(self.0.pop())
    }
}

impl MonitorCalls for FakeLocal {
    fn monitor(&self, level: LogLevel, json: bool) -> Box<dyn Pieces> {
        Box::new(Said(vec![format!("json: {json}\n"), format!("level: {level}\n")]))
    }
}

impl HostCalls for FakeLocal {
    async fn host(&self) -> HostInfo {
        HostInfo::default()
    }
}

impl ReloadCalls for FakeLocal {
    async fn reload(&self) -> Result<(), AgentError> {
        Err(AgentError::NotReloaded("failed to parse /a.json: unexpected end".to_owned()))
    }
}

/// Lines, the last first.
struct Said(Vec<String>);

impl Pieces for Said {
    fn poll_piece(&mut self, _: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        Poll::Ready(self.0.pop().map(|line| Ok(Bytes::from(line))))
    }
}
