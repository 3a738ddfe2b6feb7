//! What is done with metrics. Sending them is the business of `node`.

use std::time::Duration;

use proconsul_telemetry::{Filter, View};

/// Where metrics go, and how they are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TelemetryConfig {
    /// `host:port` of a statsd that is told each event by UDP.
    pub statsd: Option<String>,
    /// `host:port` of a statsite that is told each event by TCP.
    pub statsite: Option<String>,
    /// `host:port` of a DogStatsD that is told each event by UDP.
    pub dogstatsd: Option<String>,
    /// Tags of all that a DogStatsD is told.
    pub dogstatsd_tags: Vec<String>,
    /// What all names begin with.
    pub prefix: String,
    /// Which metrics are left out.
    pub filter: Filter,
    /// Whether names of gauges go without the machine's name.
    pub no_hostname: bool,
    /// How long the Prometheus form shows what is not counted any more; zero turns that form off.
    pub prometheus_retention: Duration,
}

impl TelemetryConfig {
    /// How metrics are shown on a machine of this name. As in go-metrics, the name matters only when there is a sink.
    pub fn view(&self, hostname: &str) -> View {
        let sinks = [&self.statsd, &self.statsite, &self.dogstatsd];
        let retention_secs = self.prometheus_retention.as_secs_f64().ceil() as u64;
        let is_sent = retention_secs > 0 || sinks.iter().any(|sink| sink.is_some());
        View {
            prefix: self.prefix.clone(),
            hostname: (is_sent && !self.no_hostname && !hostname.is_empty()).then(|| hostname.to_owned()),
            filter: self.filter.clone(),
            retention_secs,
        }
    }
}
