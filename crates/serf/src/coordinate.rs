//! Network positions: Vivaldi coordinates (Dabek, Cox, Kaashoek, Morris 2004) with the height model.

/// How many dimensions a position has, besides its height.
pub const DIMENSIONS: usize = 8;

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
