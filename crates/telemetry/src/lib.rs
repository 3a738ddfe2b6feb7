//! What is counted and timed in this process, under Consul's names.
//!
//! A metric is a `static` of [`names`]; to count is one line where it happens, costs some tens of nanoseconds and waits for nobody.
//! [`registry`] knows every metric that has been used, closes an interval of ten seconds when it is told the time, and shows the
//! last one (`/v1/agent/metrics`), the sums since the start (Prometheus) or each event (statsd). Knows no clock and no socket.

mod event;
mod family;
mod filter;
mod gauge;
mod interval;
mod label;
mod meter;
pub mod names;
pub mod registry;
mod spread;
mod tally;
pub mod text;
mod view;

pub use self::event::{Event, Happened};
pub use self::family::Family;
pub use self::filter::{Filter, Rule, RuleError};
pub use self::gauge::Gauge;
pub use self::interval::{Interval, Level, Series};
pub use self::label::Label;
pub use self::meter::{Counter, Kind, Meter, Sample};
pub use self::view::View;

/// How long an interval lasts, in seconds: that of go-metrics' memory.
pub const INTERVAL_SECS: u64 = 10;
