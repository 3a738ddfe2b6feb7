//! Keys that cannot be locked for a while, because the session that held them was invalidated.
//!
//! The state knows no time: a key stays here until a command says that its delay is over. The leader measures the time, and a
//! new leader measures it anew, so that a delay never ends early.

use std::ops::Bound;
use std::time::Duration;

use imbl::{OrdMap, OrdSet};
use proconsul_types::kv::Key;

use crate::check::Broken;
use crate::command::session::LockDelayOver;

/// The keys that wait, by name and by what they wait for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LockDelays {
    by_key: OrdMap<Key, LockDelayOver>,
    by_end: OrdSet<(LockDelayOver, Key)>,
}

impl LockDelays {
    pub(crate) fn len(&self) -> usize {
        self.by_key.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Key, LockDelayOver)> {
        self.by_key.iter().map(|(key, end)| (key, *end))
    }

    /// Whether the key cannot be locked yet.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.by_key.contains_key(key)
    }

    /// Has a key wait until this has been said.
    pub(crate) fn insert(&mut self, key: Key, end: LockDelayOver) {
        if let Some(before) = self.by_key.insert(key.clone(), end) {
            self.by_end.remove(&(before, key.clone()));
        }
        self.by_end.insert((end, key));
    }

    /// Lets all keys go that wait for this.
    pub(crate) fn over(&mut self, end: LockDelayOver) {
        for key in self.waiting_for(end) {
            self.by_end.remove(&(end, key.clone()));
            self.by_key.remove(&key);
        }
    }

    /// What is waited for, each told once, the oldest first.
    pub(crate) fn pending(&self) -> Vec<LockDelayOver> {
        let mut ends: Vec<LockDelayOver> = self.by_end.iter().map(|(end, _)| *end).collect();
        ends.dedup();
        ends
    }

    fn waiting_for(&self, end: LockDelayOver) -> Vec<Key> {
        let from = Bound::Included((end, Key::from("")));
        let waiting = self.by_end.range((from, Bound::Unbounded)).take_while(|(other, _)| *other == end);
        waiting.map(|(_, key)| key.clone()).collect()
    }

    pub(crate) fn check(&self) -> Result<(), Broken> {
        let holds = |holds, key, invariant| Broken::unless(holds, "lock_delays", key, invariant);
        holds(self.by_key.len() == self.by_end.len(), "", "both indexes hold the same keys")?;
        for (end, key) in &self.by_end {
            holds(self.by_key.get(key) == Some(end), key, "both indexes hold the same keys")?;
            holds(!end.delay.is_zero(), key, "a key waits for a while")?;
            holds(end.delay <= MAX, key, "no key waits longer than the limit")?;
        }
        Ok(())
    }
}

/// The longest delay: Consul's limit.
const MAX: Duration = Duration::from_secs(60);

/// The delay that a session's wish makes; `None` when it wishes for none.
pub(crate) fn delay(nanos: i64) -> Option<Duration> {
    let wish = u64::try_from(nanos).ok().filter(|wish| *wish > 0)?;
    Some(Duration::from_nanos(wish).min(MAX))
}
