//! The leader has old tombstones forgotten.
//!
//! The log knows no time, so the leader notes now and then how far the log is; what was deleted before a note that has
//! become old enough may go. A new leader starts without notes: tombstones then live a little longer, never shorter.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use proconsul_base::index::Index;
use proconsul_base::limit;
use proconsul_state::command::Command;
use proconsul_state::command::tombstone::Reap;
use proconsul_state::store::Store;
use proconsul_telemetry::names::server as names;
use tokio::time::{self, Instant, MissedTickBehavior};

use crate::replica::Replica;

/// How long a deletion is remembered: Consul's tombstone TTL.
pub const KEPT: Duration = Duration::from_secs(15 * 60);

/// How exactly that is kept: Consul's granularity.
pub const STEP: Duration = Duration::from_secs(30);

/// Keeps the notes and decides; is told the time.
#[derive(Debug, Default)]
pub struct Reaper {
    notes: VecDeque<(Duration, Index)>,
}

impl Reaper {
    /// Takes a note and says what to reap, if anything. `now` counts from any fixed moment, `applied` is the end of the log,
    /// `count` and `oldest` describe the tombstones there are.
    pub fn tick(&mut self, now: Duration, applied: Index, count: usize, oldest: Option<Index>) -> Option<Reap> {
        self.notes.push_back((now, applied));
        let mut through = None;
        while let Some((then, index)) = self.notes.front().copied()
            && then + KEPT <= now
        {
            through = Some(index);
            self.notes.pop_front();
        }
        if count > limit::TOMBSTONES {
            through = Some(applied);
        }
        let through = through?;
        oldest.is_some_and(|oldest| oldest <= through).then_some(Reap { through })
    }
}

/// Carries the duty out until it is dropped.
pub async fn run<R: Replica>(replica: Arc<R>, store: Arc<Store>) {
    let mut reaper = Reaper::default();
    let mut replacements = store.replacements();
    let beginning = Instant::now();
    let mut steps = time::interval(STEP);
    steps.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        steps.tick().await;
        // Notes are of one state: another that takes its place has indexes of its own.
        let is_another = std::mem::replace(&mut replacements, store.replacements()) != replacements;
        if !replica.is_leader() || is_another {
            reaper = Reaper::default();
            continue;
        }
        let (count, oldest) = store.tombstones();
        let Some(reap) = reaper.tick(beginning.elapsed(), store.applied(), count, oldest) else { continue };
        let began = Instant::now();
        match replica.propose_as_leader(Command::Reap(reap).encode()).await {
            Ok(_) => names::LEADER_REAP_TOMBSTONES.took(began.elapsed()),
            Err(error) => {
                tracing::debug!(%error, through = reap.through.0, "old tombstones stay until the next step");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn a_deletion_is_forgotten_when_it_is_old_enough_and_not_before() {
        let mut reaper = Reaper::default();
        assert_eq!(reaper.tick(MINUTE, Index(10), 1, Some(Index(7))), None);
        assert_eq!(reaper.tick(2 * MINUTE, Index(20), 2, Some(Index(7))), None);
        assert_eq!(reaper.tick(16 * MINUTE, Index(30), 2, Some(Index(7))), Some(Reap { through: Index(10) }));
        assert_eq!(reaper.tick(17 * MINUTE, Index(40), 1, Some(Index(21))), None, "the next note is not old enough");
        assert_eq!(reaper.tick(31 * MINUTE, Index(50), 1, Some(Index(21))), Some(Reap { through: Index(30) }));
        assert_eq!(reaper.tick(60 * MINUTE, Index(50), 0, None), None, "there is nothing to forget");
    }

    #[test]
    fn too_many_deletions_are_forgotten_at_once() {
        let mut reaper = Reaper::default();
        let reap = reaper.tick(MINUTE, Index(10), limit::TOMBSTONES + 1, Some(Index(1)));
        assert_eq!(reap, Some(Reap { through: Index(10) }));
    }
}
