//! The sum of what was counted, enough for mean and deviation.

/// How many values, and what they add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Tally {
    pub(crate) count: u64,
    pub(crate) sum: f64,
    squares: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
}

impl Tally {
    pub(crate) const EMPTY: Self = Self { count: 0, sum: 0.0, squares: 0.0, min: 0.0, max: 0.0 };

    /// One more value.
    pub(crate) fn add(&mut self, value: f64) {
        self.merge(&Self { count: 1, sum: value, squares: value * value, min: value, max: value });
    }

    /// The values of another as well.
    pub(crate) fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        if self.count == 0 {
            *self = *other;
            return;
        }
        self.count += other.count;
        self.sum += other.sum;
        self.squares += other.squares;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    /// The mean of the values; zero when there are none.
    pub(crate) fn mean(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.sum / self.count as f64 }
    }

    /// The deviation of a sample of values, with one degree of freedom taken off, as go-metrics has it.
    pub(crate) fn deviation(&self) -> f64 {
        if self.count < 2 {
            return 0.0;
        }
        let count = self.count as f64;
        // Rounding may take the difference of two nearly equal numbers below zero.
        ((count * self.squares - self.sum * self.sum) / (count * (count - 1.0))).max(0.0).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[f64]) -> Tally {
        let mut tally = Tally::EMPTY;
        values.iter().for_each(|&value| tally.add(value));
        tally
    }

    #[test]
    fn a_tally_tells_mean_bounds_and_deviation() {
        let tally = of(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]);
        assert_eq!((tally.count, tally.sum, tally.min, tally.max, tally.mean()), (8, 40.0, 2.0, 9.0, 5.0));
        assert!((tally.deviation() - (32.0_f64 / 7.0).sqrt()).abs() < 1e-12);
        assert_eq!(of(&[3.0]).deviation(), 0.0);
        assert!(!of(&[0.1, 0.1, 0.1]).deviation().is_nan());
    }

    #[test]
    fn tallies_merge_to_what_one_would_have_seen() {
        let mut merged = of(&[1.0, -5.0]);
        merged.merge(&of(&[7.0]));
        merged.merge(&Tally::EMPTY);
        assert_eq!(merged, of(&[1.0, -5.0, 7.0]));
    }
}
