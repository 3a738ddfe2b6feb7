//! Lifeguard's local health: how likely it is that we are the slow one. Knows nothing of who was probed.

use std::time::Duration;

/// A score from 0, healthy, to just under the maximum.
#[derive(Clone, Debug)]
pub struct Awareness {
    score: u32,
    maximum: u32,
}

impl Awareness {
    /// Healthy; the score stays below `maximum`.
    pub const fn new(maximum: u32) -> Self {
        Self { score: 0, maximum }
    }

    /// 0 is healthy.
    pub const fn score(&self) -> u32 {
        self.score
    }

    /// A sign of health: a probe went well.
    pub const fn better(&mut self) {
        self.score = self.score.saturating_sub(1);
    }

    /// Signs of our own trouble: missing nacks, or having to refute.
    pub fn worse(&mut self, signs: u32) {
        self.score = self.score.saturating_add(signs).min(self.maximum.saturating_sub(1));
    }

    /// The more likely we are at fault, the longer we wait.
    pub fn scaled(&self, wait: Duration) -> Duration {
        wait * (self.score + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_score_stays_within_its_bounds_and_scales_waits() {
        let mut awareness = Awareness::new(8);
        awareness.better();
        assert_eq!(awareness.scaled(Duration::from_secs(1)), Duration::from_secs(1));
        awareness.worse(3);
        assert_eq!(awareness.scaled(Duration::from_secs(1)), Duration::from_secs(4));
        awareness.worse(100);
        assert_eq!(awareness.score(), 7);
        awareness.better();
        assert_eq!(awareness.score(), 6);
    }
}
