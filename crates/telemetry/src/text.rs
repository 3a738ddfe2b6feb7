//! The forms in which metrics leave the program as text.

pub mod prometheus;
pub mod statsd;
