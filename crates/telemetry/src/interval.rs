//! One interval in the shape of `/v1/agent/metrics`.

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use proconsul_base::text::stamp;
use serde::Serialize;

use crate::INTERVAL_SECS;
use crate::label::Label;
use crate::tally::Tally;

type Labels = BTreeMap<String, String>;

/// What was counted in ten seconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Interval {
    /// When it began, as Go prints times: `2026-11-23 20:59:00 +0000 UTC`.
    pub timestamp: String,
    /// Levels that were told in it.
    pub gauges: Vec<Level>,
    /// Nothing in Consul uses these.
    pub points: Vec<()>,
    /// What was counted.
    pub counters: Vec<Series>,
    /// What was measured; times are in milliseconds.
    pub samples: Vec<Series>,
}

/// A level.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Level {
    /// The full name.
    pub name: String,
    /// The level.
    pub value: f32,
    /// What tells it from others of its name.
    pub labels: Labels,
}

/// What one series added up to.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Series {
    /// The full name.
    pub name: String,
    /// How many values.
    pub count: u64,
    /// Their sum for each second of the interval.
    pub rate: f64,
    /// Their sum.
    pub sum: f64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation.
    pub stddev: f64,
    /// What tells it from others of its name.
    pub labels: Labels,
}

impl Interval {
    /// An empty one that begins at this second since 1970.
    pub(crate) fn begun(secs: u64) -> Self {
        let stamp = stamp::utc(UNIX_EPOCH + Duration::from_secs(secs), 0);
        Self { timestamp: stamp.replace('T', " ").replace('Z', " +0000 UTC"), ..Self::default() }
    }

    /// Everything in the order of names and labels.
    pub(crate) fn sorted(mut self) -> Self {
        self.gauges.sort_by(|one, other| one.name.cmp(&other.name));
        for series in [&mut self.counters, &mut self.samples] {
            series.sort_by(|one, other| (&one.name, &one.labels).cmp(&(&other.name, &other.labels)));
        }
        self
    }
}

impl Series {
    pub(crate) fn of(name: String, labels: &[Label], tally: &Tally) -> Self {
        Self {
            name,
            count: tally.count,
            rate: tally.sum / INTERVAL_SECS as f64,
            sum: tally.sum,
            min: tally.min,
            max: tally.max,
            mean: tally.mean(),
            stddev: tally.deviation(),
            labels: labels.iter().map(|label| (label.name.to_string(), label.value.to_string())).collect(),
        }
    }
}
