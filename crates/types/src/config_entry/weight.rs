//! A share of the traffic: percent with two places, as finely as Consul divides.

use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Hundredths of a percent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Weight(pub i64);

impl Weight {
    /// Everything.
    pub const WHOLE: Self = Self(10_000);

    /// From percent, rounded as Consul rounds: in single precision, halves away from zero.
    pub fn of_percent(percent: f32) -> Self {
        let hundredths = f64::from(percent * 100.0).round();
        // What is too large for a whole number becomes the least one, as in Go.
        if hundredths.abs() < i64::MAX as f64 { Self(hundredths as i64) } else { Self(i64::MIN) }
    }

    /// In percent.
    pub fn percent(self) -> f32 {
        self.0 as f32 / 100.0
    }

    /// This share of a share.
    #[must_use]
    pub fn of(self, whole: Self) -> Self {
        Self::of_percent(whole.percent() * self.percent() / 100.0)
    }
}

impl Serialize for Weight {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if self.0 % 100 == 0 { to.serialize_i64(self.0 / 100) } else { to.serialize_f32(self.percent()) }
    }
}

impl<'de> Deserialize<'de> for Weight {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_f32(ReadWeight)
    }
}

struct ReadWeight;

impl Visitor<'_> for ReadWeight {
    type Value = Weight;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_f64<E: Error>(self, percent: f64) -> Result<Weight, E> {
        Ok(Weight::of_percent(percent as f32))
    }

    fn visit_i64<E: Error>(self, percent: i64) -> Result<Weight, E> {
        Ok(Weight::of_percent(percent as f32))
    }

    fn visit_u64<E: Error>(self, percent: u64) -> Result<Weight, E> {
        Ok(Weight::of_percent(percent as f32))
    }
}
