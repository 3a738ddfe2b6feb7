//! Network positions and how they travel in acks. Knows nothing of how they are learnt.

use std::time::Duration;

use proconsul_swim::wire::msgpack::{ReadError, Reader, Writer};

/// How many dimensions a position has, besides its height.
pub const DIMENSIONS: usize = 8;
/// The form in acks.
const VERSION: u8 = 1;
/// The error of a position that nothing is known about.
pub(crate) const ERROR_MAX: f64 = 1.5;
/// Heights never reach zero, in seconds.
pub(crate) const HEIGHT_MIN: f64 = 1e-5;

/// Why an ack's payload is no position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CoordinateError {
    /// Another form, or none.
    #[error("the coordinate has an unknown version")]
    Version,
    /// Its fields could not be read.
    #[error(transparent)]
    Fields(#[from] ReadError),
    /// Another number of dimensions.
    #[error("the coordinate has {0} dimensions; expected {DIMENSIONS}")]
    Dimensions(usize),
    /// Something in it is no finite number.
    #[error("the coordinate holds something that is no finite number")]
    NotFinite,
}

/// A member's position; the distance of two is the expected round trip, in seconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Coordinate {
    /// The position, in seconds.
    pub vector: [f64; DIMENSIONS],
    /// How wrong it may be; 1.5 is "unknown".
    pub error: f64,
    /// A correction learnt from the last round trips, in seconds.
    pub adjustment: f64,
    /// The way from this member to the plane of all others, in seconds.
    pub height: f64,
}

impl Default for Coordinate {
    /// The origin, of which nothing is known.
    fn default() -> Self {
        Self { vector: [0.0; DIMENSIONS], error: ERROR_MAX, adjustment: 0.0, height: HEIGHT_MIN }
    }
}

impl Coordinate {
    /// The expected round trip between two members.
    pub fn distance(&self, other: &Self) -> Duration {
        Duration::try_from_secs_f64(self.seconds_to(other)).unwrap_or_default()
    }

    /// The expected round trip in seconds; adjustments count unless they would make it negative.
    pub(crate) fn seconds_to(&self, other: &Self) -> f64 {
        let raw = self.raw_seconds_to(other);
        let adjusted = raw + self.adjustment + other.adjustment;
        if adjusted > 0.0 { adjusted } else { raw }
    }

    pub(crate) fn raw_seconds_to(&self, other: &Self) -> f64 {
        magnitude(&difference(&self.vector, &other.vector)) + self.height + other.height
    }

    /// Whether all of it are finite numbers.
    pub fn is_finite(&self) -> bool {
        let rest = [self.error, self.adjustment, self.height];
        self.vector.iter().chain(&rest).all(|value| value.is_finite())
    }

    /// As it travels in acks.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::after(vec![VERSION]);
        writer.map(4).raw("Vec").array(DIMENSIONS);
        self.vector.iter().for_each(|value| {
            writer.float(*value);
        });
        writer.raw("Error").float(self.error).raw("Adjustment").float(self.adjustment);
        writer.raw("Height").float(self.height);
        writer.finish()
    }

    /// From an ack's payload.
    ///
    /// # Errors
    /// It is no position that we could reckon with.
    pub fn decode(payload: &[u8]) -> Result<Self, CoordinateError> {
        let Some((&VERSION, map)) = payload.split_first() else { return Err(CoordinateError::Version) };
        let mut coordinate = Self::default();
        let mut dimensions = 0;
        Reader::new(map).fields(|key, reader| {
            match key {
                b"Vec" => dimensions = read_vector(reader, &mut coordinate.vector)?,
                b"Error" => coordinate.error = reader.float()?,
                b"Adjustment" => coordinate.adjustment = reader.float()?,
                b"Height" => coordinate.height = reader.float()?,
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        match coordinate {
            _ if dimensions != DIMENSIONS => Err(CoordinateError::Dimensions(dimensions)),
            coordinate if coordinate.is_finite() => Ok(coordinate),
            _ => Err(CoordinateError::NotFinite),
        }
    }
}

fn read_vector(reader: &mut Reader<'_>, vector: &mut [f64; DIMENSIONS]) -> Result<usize, ReadError> {
    let dimensions = reader.array()?;
    for place in 0..dimensions {
        let value = reader.float()?;
        if let Some(slot) = vector.get_mut(place) {
            *slot = value;
        }
    }
    Ok(dimensions)
}

pub(crate) fn difference(left: &[f64; DIMENSIONS], right: &[f64; DIMENSIONS]) -> [f64; DIMENSIONS] {
    std::array::from_fn(|place| left[place] - right[place])
}

pub(crate) fn magnitude(vector: &[f64; DIMENSIONS]) -> f64 {
    vector.iter().map(|value| value * value).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coordinate_reads_back_and_begins_with_its_version() {
        let mut coordinate = Coordinate::default();
        coordinate.vector[3] = 0.25;
        let payload = coordinate.encode();
        assert_eq!(payload[..6], *b"\x01\x84\xa3Vec");
        assert_eq!(Coordinate::decode(&payload), Ok(coordinate));
    }

    #[test]
    fn what_cannot_be_reckoned_with_is_refused() {
        assert_eq!(Coordinate::decode(b""), Err(CoordinateError::Version));
        assert_eq!(Coordinate::decode(b"\x01\x80"), Err(CoordinateError::Dimensions(0)));
        let bad = Coordinate { height: f64::NAN, ..Coordinate::default() };
        assert_eq!(Coordinate::decode(&bad.encode()), Err(CoordinateError::NotFinite));
    }

    #[test]
    fn a_distance_is_symmetric_and_counts_heights() {
        let near = Coordinate { height: 0.001, ..Coordinate::default() };
        let mut far = near.clone();
        far.vector[0] = 0.010;
        assert_eq!(near.distance(&far), Duration::from_millis(12));
        assert_eq!(far.distance(&near), near.distance(&far));
    }
}
