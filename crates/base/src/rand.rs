//! Randomness as a value: a generator with a seed. Production takes the seed from the operating system in `node`.

use std::time::Duration;

/// A fast generator; the same seed gives the same numbers. Not for secrets.
#[derive(Debug, Clone)]
pub struct Rng(fastrand::Rng);

impl Rng {
    /// The generator of this seed.
    pub fn seeded(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    /// A generator of its own for a part, drawn from this one.
    pub fn fork(&mut self) -> Self {
        Self(self.0.fork())
    }

    /// Any number.
    pub fn u64(&mut self) -> u64 {
        self.0.u64(..)
    }

    /// A number in `0..bound`; 0 when the bound is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { self.0.u64(..bound) }
    }

    /// A place in a list of this length; 0 when it is empty.
    pub fn place(&mut self, length: usize) -> usize {
        self.below(length as u64) as usize
    }

    /// True with probability `numerator / denominator`.
    pub fn chance(&mut self, numerator: u64, denominator: u64) -> bool {
        self.below(denominator) < numerator
    }

    /// A fraction in `[0, 1)`.
    pub fn fraction(&mut self) -> f64 {
        self.0.f64()
    }

    /// A duration in `[0, bound)`; zero when the bound is zero.
    pub fn duration_below(&mut self, bound: Duration) -> Duration {
        Duration::from_nanos(self.below(u64::try_from(bound.as_nanos()).unwrap_or(u64::MAX)))
    }

    /// Fills the bytes.
    pub fn fill(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }

    /// Puts the items in random order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        self.0.shuffle(items);
    }
}
