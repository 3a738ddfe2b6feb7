//! How values are spread, for quantiles: counts by size, sixteen steps between a number and its double.

use std::sync::atomic::{AtomicU32, Ordering};

/// Bits of the fraction that tell steps apart: a quantile is off by at most a thirty-second of itself.
const STEP_BITS: u32 = 4;
/// Bits of the fraction of a 32-bit number.
const FRACTION_BITS: u32 = 23;
/// The smallest number told from zero, in steps: 2^-20, a nanosecond in milliseconds.
const FIRST: u32 = (127 - 20) << STEP_BITS;
/// Steps up to 2^34, fifteen seconds in nanoseconds.
const STEPS: usize = 54 << STEP_BITS;

/// The counts of one window; added to from many threads.
#[derive(Debug)]
pub(crate) struct Spread(Box<[AtomicU32]>);

impl Default for Spread {
    fn default() -> Self {
        Self((0..STEPS).map(|_| AtomicU32::new(0)).collect())
    }
}

impl Spread {
    pub(crate) fn add(&self, value: f32) {
        let step = (value.max(0.0).to_bits() >> (FRACTION_BITS - STEP_BITS)).saturating_sub(FIRST);
        if let Some(count) = self.0.get((step as usize).min(STEPS - 1)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The counts so far.
    pub(crate) fn counts(&self) -> Vec<u32> {
        self.0.iter().map(|count| count.load(Ordering::Relaxed)).collect()
    }

    /// The counts so far; the next window begins empty.
    pub(crate) fn take(&self) -> Vec<u32> {
        self.0.iter().map(|count| count.swap(0, Ordering::Relaxed)).collect()
    }
}

/// The value below which this share of two windows lies; `None` when both are empty.
pub(crate) fn quantile(share: f64, windows: [&[u32]; 2]) -> Option<f64> {
    let at = |step: usize| windows.iter().map(|counts| u64::from(counts.get(step).copied().unwrap_or(0))).sum::<u64>();
    let total: u64 = (0..STEPS).map(at).sum();
    let rank = ((share * total as f64).ceil() as u64).max(1);
    let mut seen = 0;
    (0..STEPS)
        .find(|&step| {
            seen += at(step);
            seen >= rank && total > 0
        })
        .map(middle)
}

/// The value in the middle of a step.
fn middle(step: usize) -> f64 {
    let bound = |step: usize| f64::from(f32::from_bits((step as u32 + FIRST) << (FRACTION_BITS - STEP_BITS)));
    if step == 0 { 0.0 } else { f64::midpoint(bound(step), bound(step + 1)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_near_the_true_ones() {
        let spread = Spread::default();
        for value in 1..=1000_u16 {
            spread.add(f32::from(value) / 100.0);
        }
        let (now, before) = (spread.take(), spread.counts());
        for (share, truth) in [(0.5, 5.0), (0.9, 9.0), (0.99, 9.9)] {
            let found = quantile(share, [&now, &before]).unwrap();
            assert!((found - truth).abs() / truth < 1.0 / 32.0 + 0.001, "{share}: {found}");
        }
        assert_eq!(quantile(0.5, [&before, &[]]), None);
    }

    #[test]
    fn no_value_falls_outside() {
        let spread = Spread::default();
        for value in [0.0, -1.0, f32::MIN_POSITIVE, f32::MAX, f32::INFINITY, f32::NAN] {
            spread.add(value);
        }
        assert_eq!(spread.counts().iter().sum::<u32>(), 6);
    }
}
