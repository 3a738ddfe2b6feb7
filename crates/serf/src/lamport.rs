//! Lamport clocks (Lamport 1978): order without a common time.

/// A logical time.
pub type Time = u64;

/// One clock. It starts at 1: time 0 is before everything.
#[derive(Clone, Debug)]
pub struct Clock(Time);

impl Default for Clock {
    fn default() -> Self {
        Self(1)
    }
}

impl Clock {
    /// The time of the next message.
    pub const fn time(&self) -> Time {
        self.0
    }

    /// The time for a message of ours; the clock moves on.
    pub const fn stamp(&mut self) -> Time {
        let time = self.0;
        self.witness(time);
        time
    }

    /// A message of this time was seen: the clock is later than it.
    pub const fn witness(&mut self, seen: Time) {
        if seen >= self.0 {
            self.0 = seen.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_later_than_all_it_has_seen() {
        let mut clock = Clock::default();
        assert_eq!(clock.stamp(), 1);
        clock.witness(10);
        clock.witness(3);
        assert_eq!((clock.stamp(), clock.time()), (11, 12));
        clock.witness(Time::MAX);
        assert_eq!(clock.time(), Time::MAX);
    }
}
