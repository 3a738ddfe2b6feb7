//! What is done with metrics.

use std::time::Duration;

use proconsul_telemetry::{Filter, Rule};

use super::Resolver;
use crate::config::TelemetryConfig;

impl Resolver<'_> {
    pub(super) fn telemetry(&mut self) -> TelemetryConfig {
        let text = |key| self.settings.text(key).map(str::to_owned);
        TelemetryConfig {
            statsd: text("telemetry.statsd_address"),
            statsite: text("telemetry.statsite_address"),
            dogstatsd: text("telemetry.dogstatsd_addr"),
            dogstatsd_tags: self.settings.texts("telemetry.dogstatsd_tags").to_vec(),
            prefix: text("telemetry.metrics_prefix").unwrap_or_else(|| "consul".to_owned()),
            filter: self.filter(),
            no_hostname: self.settings.boolean("telemetry.disable_hostname").unwrap_or(false),
            prometheus_retention: self
                .settings
                .duration("telemetry.prometheus_retention_time")
                .unwrap_or(Duration::ZERO),
        }
    }

    /// As in Consul, a rule that is none is left out and told.
    fn filter(&mut self) -> Filter {
        let mut rules = Vec::new();
        for text in self.settings.texts("telemetry.prefix_filter") {
            match Rule::parse(text) {
                Ok(rule) => rules.push(rule),
                Err(error) => self.warnings.push(error.to_string()),
            }
        }
        Filter { shows_others: self.settings.boolean("telemetry.filter_default").unwrap_or(true), rules }
    }
}
