//! How many calls an agent may make to servers: a bucket of tokens (`limits.rpc_rate`, `limits.rpc_max_burst`). The time comes in.

use proconsul_base::time::Instant;

/// The limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// Calls in a second; infinite for no limit.
    pub per_second: f64,
    /// Calls at once, after a while without any.
    pub burst: f64,
}

/// What is left of it.
#[derive(Clone, Debug)]
pub struct Bucket {
    rate: Rate,
    tokens: f64,
    filled: Instant,
}

impl Bucket {
    /// A full one.
    pub fn new(rate: Rate, now: Instant) -> Self {
        Self { rate, tokens: rate.burst, filled: now }
    }

    /// Whether one more call may be made now; if so, it counts.
    pub fn take(&mut self, now: Instant) -> bool {
        if self.rate.per_second.is_infinite() {
            return true;
        }
        let passed = now.since(self.filled).as_secs_f64();
        self.filled = now;
        self.tokens = (self.tokens + passed * self.rate.per_second).min(self.rate.burst);
        let is_allowed = self.tokens >= 1.0;
        if is_allowed {
            self.tokens -= 1.0;
        }
        is_allowed
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_burst_is_let_through_and_then_as_many_as_the_rate_allows() {
        let mut bucket = Bucket::new(Rate { per_second: 2.0, burst: 3.0 }, Instant::ZERO);
        let at = |millis| Instant::ZERO + Duration::from_millis(millis);
        let allowed: Vec<bool> = [0, 0, 0, 0, 400, 500, 600, 1000].map(|millis| bucket.take(at(millis))).to_vec();
        assert_eq!(allowed, [true, true, true, false, false, true, false, true]);
        assert!(!bucket.take(at(1000)));
    }

    #[test]
    fn without_a_limit_everything_is_let_through() {
        let mut bucket = Bucket::new(Rate { per_second: f64::INFINITY, burst: 0.0 }, Instant::ZERO);
        assert!((0..10_000).all(|_| bucket.take(Instant::ZERO)));
    }
}
