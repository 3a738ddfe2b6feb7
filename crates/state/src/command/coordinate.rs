//! The command that says where nodes are.
//!
//! ```text
//! update      count u64, then each: node text, segment text, error f64, adjustment f64, height f64, dimensions u64, f64 each
//! ```
//!
//! A number with a fraction is its IEEE 754 form of 64 bits.

use proconsul_types::agent::Coordinate;
use proconsul_types::coordinate::NodeCoordinate;

use super::header;
use crate::wire::{Body, put_text};

pub(super) const VERSION: u8 = 1;
pub(super) const UPDATE: u16 = 0x0080;

/// New places of nodes. Those of nodes that the catalog does not have are passed over.
#[derive(Clone, Debug, PartialEq)]
pub struct CoordinateUpdate {
    /// The nodes and where they are.
    pub places: Vec<NodeCoordinate>,
}

impl CoordinateUpdate {
    pub(super) fn decode(body: &[u8]) -> Option<Self> {
        let mut body = Body(body);
        let count = body.u64()?;
        let places = (0..count).map(|_| read(&mut body)).collect::<Option<_>>()?;
        body.end()?;
        Some(Self { places })
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = header(UPDATE, VERSION, 8);
        bytes.extend_from_slice(&(self.places.len() as u64).to_le_bytes());
        self.places.iter().for_each(|place| append(&mut bytes, place));
        bytes
    }
}

/// Appends a place as [`read`] takes it; snapshots have the same form.
pub(crate) fn append(to: &mut Vec<u8>, place: &NodeCoordinate) {
    put_text(to, &place.node);
    put_text(to, &place.segment);
    let Coordinate { vec, error, adjustment, height } = &place.coord;
    for number in [error, adjustment, height] {
        to.extend_from_slice(&number.to_bits().to_le_bytes());
    }
    to.extend_from_slice(&(vec.len() as u64).to_le_bytes());
    vec.iter().for_each(|number| to.extend_from_slice(&number.to_bits().to_le_bytes()));
}

pub(crate) fn read(body: &mut Body<'_>) -> Option<NodeCoordinate> {
    let (node, segment) = (body.text()?.to_owned(), body.text()?.to_owned());
    let mut number = || body.u64().map(f64::from_bits);
    let (error, adjustment, height) = (number()?, number()?, number()?);
    let dimensions = body.u64()?;
    let vec = (0..dimensions).map(|_| body.u64().map(f64::from_bits)).collect::<Option<_>>()?;
    Some(NodeCoordinate { node, segment, coord: Coordinate { vec, error, adjustment, height } })
}

#[cfg(test)]
mod tests {
    use proconsul_base::index::Index;

    use super::*;
    use crate::command::Command;

    #[test]
    fn an_update_has_its_golden_bytes_and_reads_back() {
        let coord = Coordinate { vec: vec![1.0], error: 0.5, adjustment: 0.0, height: -2.0 };
        let place = NodeCoordinate { node: "n1".to_owned(), segment: "s".to_owned(), coord };
        let golden = [
            &b"\x80\0\x01\x01\0\0\0\0\0\0\0\x02\0\0\0n1\x01\0\0\0s"[..],
            b"\0\0\0\0\0\0\xe0\x3f\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xc0",
            b"\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\xf0\x3f",
        ]
        .concat();
        let command = Command::Coordinates(CoordinateUpdate { places: vec![place] });
        assert_eq!(command.encode(), golden);
        assert_eq!(Command::decode(Index(1), &golden), Ok(Some(command)));
        for length in 3..golden.len() {
            assert!(Command::decode(Index(1), &golden[..length]).is_err(), "cut at {length}");
        }
    }
}
