//! One thing that happened, for sinks that want each.

use std::borrow::Cow;

use crate::label::Label;

/// What a sink is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// Something was counted.
    Counted,
    /// A value was measured.
    Sampled,
    /// A level was told.
    Leveled,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The name, without the prefix that all names have.
    pub name: Cow<'static, str>,
    /// The labels.
    pub labels: Cow<'static, [Label]>,
    /// What kind of thing.
    pub happened: Happened,
    /// How much.
    pub value: f32,
}
