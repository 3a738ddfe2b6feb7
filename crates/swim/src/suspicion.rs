//! How long a suspect may refute: the more members confirm the suspicion, the shorter (Lifeguard §IV-B).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use proconsul_base::time::Instant;

use crate::Name;

/// The bounds of one suspicion, fixed when it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// With enough confirmations.
    pub min: Duration,
    /// Without any.
    pub max: Duration,
    /// How many confirmations make it shortest; 0 means that it starts at its shortest.
    pub confirmations: u32,
}

impl Bounds {
    /// For a pool of this many members.
    pub fn new(multiplier: u32, maximum_factor: u32, members: usize, probe_interval: Duration) -> Self {
        let scale = (members.max(1) as f64).log10().max(1.0);
        // Milliseconds, as memberlist rounds.
        let min = Duration::from_millis((scale * 1000.0) as u64).mul_f64(probe_interval.as_secs_f64()) * multiplier;
        let wanted = multiplier.saturating_sub(2);
        let others = u32::try_from(members.saturating_sub(2)).unwrap_or(u32::MAX);
        Self { min, max: min * maximum_factor, confirmations: if others < wanted { 0 } else { wanted } }
    }

    /// The whole wait after this many confirmations.
    fn wait(&self, confirmed: u32) -> Duration {
        if self.confirmations == 0 {
            return self.min;
        }
        let share = f64::from(confirmed + 1).ln() / f64::from(self.confirmations + 1).ln();
        let wait = self.max.as_secs_f64() - share * (self.max.as_secs_f64() - self.min.as_secs_f64());
        Duration::from_millis((wait.max(0.0) * 1000.0) as u64).max(self.min)
    }
}

/// One suspect's clock.
#[derive(Clone, Debug)]
struct Suspicion {
    since: Instant,
    bounds: Bounds,
    confirmed: u32,
    accusers: BTreeSet<String>,
}

impl Suspicion {
    fn ends_at(&self) -> Instant {
        self.since + self.bounds.wait(self.confirmed)
    }
}

/// All suspects.
#[derive(Clone, Debug, Default)]
pub struct Suspicions(BTreeMap<Name, Suspicion>);

impl Suspicions {
    /// Starts a clock, unless one runs.
    pub fn begin(&mut self, now: Instant, suspect: &Name, accuser: &str, bounds: Bounds) {
        let accusers = BTreeSet::from([accuser.to_owned()]);
        self.0.entry(suspect.clone()).or_insert(Suspicion { since: now, bounds, confirmed: 0, accusers });
    }

    /// Whether a clock runs.
    pub fn is_suspect(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Somebody else suspects the same; true when that is news worth passing on.
    pub fn confirm(&mut self, suspect: &str, accuser: &str) -> bool {
        let Some(suspicion) = self.0.get_mut(suspect) else { return false };
        if suspicion.confirmed >= suspicion.bounds.confirmations || !suspicion.accusers.insert(accuser.to_owned()) {
            return false;
        }
        suspicion.confirmed += 1;
        true
    }

    /// Stops the clock: refuted, or gone.
    pub fn end(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// The first suspect whose time is over; its clock is stopped.
    pub fn expired(&mut self, now: Instant) -> Option<Name> {
        let name = self.0.iter().find(|(_, suspicion)| suspicion.ends_at() <= now)?.0.clone();
        self.0.remove(&name);
        Some(name)
    }

    /// When the next clock runs out.
    pub fn deadline(&self) -> Option<Instant> {
        self.0.values().map(Suspicion::ends_at).min()
    }

    /// We were not running for this long: refutations may wait unread, so everybody gets the time back.
    pub fn overslept(&mut self, by: Duration) {
        self.0.values_mut().for_each(|suspicion| suspicion.since += by);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn bounds(members: usize) -> Bounds {
        Bounds::new(4, 6, members, SECOND)
    }

    #[test]
    fn bounds_grow_with_the_pool() {
        assert_eq!(bounds(3), Bounds { min: 4 * SECOND, max: 24 * SECOND, confirmations: 0 });
        assert_eq!(bounds(4).confirmations, 2);
        assert_eq!(bounds(1000).min, 12 * SECOND);
    }

    #[test]
    fn confirmations_shorten_the_wait_logarithmically() {
        let waits = [0, 1, 2].map(|confirmed| bounds(10).wait(confirmed));
        assert_eq!(waits, [24 * SECOND, Duration::from_millis(11_381), 4 * SECOND]);
    }

    #[test]
    fn an_accuser_counts_once_and_the_first_not_at_all() {
        let (mut suspicions, suspect) = (Suspicions::default(), Name::from("s"));
        suspicions.begin(Instant::ZERO, &suspect, "a", bounds(10));
        let confirmed = ["a", "b", "b", "c", "d"].map(|accuser| suspicions.confirm("s", accuser));
        assert_eq!(confirmed, [false, true, false, true, false]);
        assert_eq!(suspicions.deadline(), Some(Instant::ZERO + 4 * SECOND));
    }

    #[test]
    fn a_suspect_expires_once() {
        let (mut suspicions, suspect) = (Suspicions::default(), Name::from("s"));
        suspicions.begin(Instant::ZERO, &suspect, "a", bounds(3));
        assert_eq!(suspicions.expired(Instant::ZERO + 3 * SECOND), None);
        suspicions.overslept(2 * SECOND);
        assert_eq!(suspicions.expired(Instant::ZERO + 5 * SECOND), None);
        assert_eq!(suspicions.expired(Instant::ZERO + 6 * SECOND), Some(suspect));
        assert_eq!(suspicions.expired(Instant::ZERO + 60 * SECOND), None);
    }
}
