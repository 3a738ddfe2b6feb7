//! A point in time, in the bytes of Go's `time.Time`. Knows no calendar.
//!
//! ```text
//! version u8 = 1, seconds since year 1 i64 BE, nanoseconds u32 BE, zone i16 BE in minutes (-1: UTC)
//! version u8 = 2: the same, and u8 seconds of the zone
//! ```

use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ReadError;

/// Seconds from the first of January of year 1, where Go's time begins, to that of 1970.
const YEAR_1_TO_1970: i64 = 62_135_596_800;

const UTC: i16 = -1;

/// A point in time. The default is Go's zero time, which stands for "never".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Time {
    /// Seconds since the beginning of year 1 (UTC).
    seconds: i64,
    /// Nanoseconds beyond them.
    nanos: u32,
    /// The zone it is shown in, in minutes east; [`UTC`] for none.
    zone: i16,
}

impl Default for Time {
    fn default() -> Self {
        Self { seconds: 0, nanos: 0, zone: UTC }
    }
}

impl Time {
    /// So long after the beginning of 1970 (UTC).
    pub const fn from_unix(seconds: i64, nanos: u32) -> Self {
        Self { seconds: seconds.saturating_add(YEAR_1_TO_1970), nanos, zone: UTC }
    }

    /// Seconds since 1970 (UTC) and nanoseconds beyond them.
    pub const fn unix(self) -> (i64, u32) {
        (self.seconds.saturating_sub(YEAR_1_TO_1970), self.nanos)
    }

    /// Whether it is Go's zero time.
    pub const fn is_zero(self) -> bool {
        self.seconds == 0 && self.nanos == 0
    }

    fn to_bytes(self) -> [u8; 15] {
        let mut bytes = [0; 15];
        bytes[0] = 1;
        bytes[1..9].copy_from_slice(&self.seconds.to_be_bytes());
        bytes[9..13].copy_from_slice(&self.nanos.to_be_bytes());
        bytes[13..].copy_from_slice(&self.zone.to_be_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, ReadError> {
        match (bytes.len(), bytes.first()) {
            (0, _) => return Ok(Self::default()),
            (15, Some(1)) | (16, Some(2)) => {}
            (length, _) => return Err(ReadError::NotTime(length)),
        }
        let (mut seconds, mut nanos) = ([0; 8], [0; 4]);
        seconds.copy_from_slice(&bytes[1..9]);
        nanos.copy_from_slice(&bytes[9..13]);
        let zone = i16::from_be_bytes([bytes[13], bytes[14]]);
        Ok(Self { seconds: i64::from_be_bytes(seconds), nanos: u32::from_be_bytes(nanos), zone })
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_bytes(&self.to_bytes())
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_bytes(InBytes)
    }
}

struct InBytes;

impl Visitor<'_> for InBytes {
    type Value = Time;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time in Go's binary form")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Time, E> {
        Time::from_bytes(bytes).map_err(E::custom)
    }
}
