//! A length of time in a document: written as Go writes durations, below zero allowed.

use std::fmt;
use std::time::Duration;

use proconsul_base::text::duration::{self, DurationError};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub i64);

impl Span {
    /// The name under which it asks a reader for itself, so that the reader can tell it from a text.
    pub const NAME: &'static str = "Span";

    /// Reads Go's form.
    pub fn parse(text: &str) -> Result<Self, DurationError> {
        match duration::parse(text) {
            Err(DurationError::Negative(_)) => {
                let length = duration::parse(text.trim_start_matches('-'))?;
                Ok(Self(-i64::try_from(length.as_nanos()).unwrap_or(i64::MAX)))
            }
            length => Ok(Self(i64::try_from(length?.as_nanos()).unwrap_or(i64::MAX))),
        }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}", duration::format(Duration::from_nanos(self.0.unsigned_abs())))
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        // Go's programs send nanoseconds to each other.
        if to.is_human_readable() { to.collect_str(self) } else { to.serialize_i64(self.0) }
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_newtype_struct(Self::NAME, ReadSpan)
    }
}

struct ReadSpan;

impl<'de> Visitor<'de> for ReadSpan {
    type Value = Span;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a duration")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, from: D) -> Result<Span, D::Error> {
        from.deserialize_any(self)
    }

    fn visit_i64<E: Error>(self, nanos: i64) -> Result<Span, E> {
        Ok(Span(nanos))
    }

    fn visit_u64<E: Error>(self, nanos: u64) -> Result<Span, E> {
        Ok(Span(i64::try_from(nanos).unwrap_or(i64::MAX)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Span, E> {
        Span::parse(text).map_err(E::custom)
    }
}
