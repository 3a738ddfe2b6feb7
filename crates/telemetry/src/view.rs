//! How metrics are shown: their full names, and which are left out.

use crate::filter::Filter;

/// How metrics are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// What all names begin with (`telemetry.metrics_prefix`).
    pub prefix: String,
    /// What follows in the names of gauges: the machine's name, when metrics are sent anywhere (`telemetry.disable_hostname`).
    pub hostname: Option<String>,
    /// What is left out.
    pub filter: Filter,
    /// How long the Prometheus form shows what is not counted any more, in seconds; zero turns that form off.
    pub retention_secs: u64,
}

impl Default for View {
    fn default() -> Self {
        Self { prefix: "consul".to_owned(), hostname: None, filter: Filter::default(), retention_secs: 0 }
    }
}

impl View {
    /// The full name of a counter or sample, if it is shown.
    pub fn meter(&self, name: &str) -> Option<String> {
        let full = format!("{}.{name}", self.prefix);
        self.filter.shows(&full).then_some(full)
    }

    /// The full name of a gauge, if it is shown.
    pub fn gauge(&self, name: &str) -> Option<String> {
        match &self.hostname {
            Some(host) => self.meter(&format!("{host}.{name}")),
            None => self.meter(name),
        }
    }
}
