//! Joins and leaves heard about names that nobody has announced yet: kept for a while, for gossip has no order.

use std::collections::BTreeMap;
use std::time::Duration;

use proconsul_base::limit::SERF_INTENTS;
use proconsul_base::time::Instant;
use proconsul_swim::Name;

use crate::lamport::Time;

/// What a member is up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// It joined.
    Join,
    /// It leaves.
    Leave,
}

#[derive(Clone, Copy, Debug)]
struct Heard {
    intent: Intent,
    time: Time,
    at: Instant,
}

/// The newest intent about each unknown name.
#[derive(Clone, Debug, Default)]
pub struct Intents(BTreeMap<Name, Heard>);

impl Intents {
    /// Remembers an intent; true when it is newer than what was known, and so worth passing on.
    pub fn hear(&mut self, now: Instant, name: &str, intent: Intent, time: Time) -> bool {
        if self.0.get(name).is_some_and(|heard| heard.time >= time) {
            return false;
        }
        self.0.insert(name.into(), Heard { intent, time, at: now });
        if self.0.len() > SERF_INTENTS {
            self.forget_oldest();
        }
        true
    }

    /// What was heard about a name that is announced now.
    pub fn take(&mut self, name: &str) -> Option<(Intent, Time)> {
        self.0.remove(name).map(|heard| (heard.intent, heard.time))
    }

    /// Forgets what is too old to matter.
    pub fn forget(&mut self, now: Instant, after: Duration) {
        self.0.retain(|_, heard| now.since(heard.at) <= after);
    }

    fn forget_oldest(&mut self) {
        if let Some(name) = self.0.iter().min_by_key(|(_, heard)| heard.at).map(|(name, _)| name.clone()) {
            self.0.remove(&name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_newer_intents_are_worth_passing_on() {
        let mut intents = Intents::default();
        let heard = [(Intent::Join, 5), (Intent::Leave, 5), (Intent::Leave, 6), (Intent::Join, 2)]
            .map(|(intent, time)| intents.hear(Instant::ZERO, "a", intent, time));
        assert_eq!(heard, [true, false, true, false]);
        assert_eq!(intents.take("a"), Some((Intent::Leave, 6)));
        assert_eq!(intents.take("a"), None);
    }

    #[test]
    fn strangers_cannot_fill_the_memory_and_old_intents_are_forgotten() {
        let mut intents = Intents::default();
        for number in 0..=SERF_INTENTS as u64 {
            intents.hear(Instant::from_nanos(number), &number.to_string(), Intent::Join, 1);
        }
        assert_eq!(intents.0.len(), SERF_INTENTS);
        assert_eq!(intents.take("0"), None);
        intents.forget(Instant::from_nanos(SERF_INTENTS as u64), Duration::from_nanos(10));
        assert_eq!(intents.0.len(), 11);
    }
}
