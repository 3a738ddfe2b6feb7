//! The leader ends lock-delays: keys whose sessions were invalidated may be locked again after a while.
//!
//! The log knows no time, so the leader measures it, from the moment it first sees that keys wait. A new leader measures anew:
//! a delay may become longer, never shorter.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use proconsul_base::time::Instant;
use proconsul_state::command::Command;
use proconsul_state::command::session::{LockDelayOver, SessionCommand};
use proconsul_state::store::Store;
use proconsul_state::watch::{Table, Topic};

use super::memory::Memory;
use crate::replica::Replica;

/// The pause between two looks; so much longer than asked for a key may wait.
const PAUSE: Duration = Duration::from_millis(100);

/// What is waited for, and until when. Is told the time.
#[derive(Debug, Default)]
pub struct Delays {
    ends: BTreeMap<LockDelayOver, Instant>,
}

impl Delays {
    /// Takes over what is waited for, each told once and in order.
    pub fn follow(&mut self, now: Instant, pending: &[LockDelayOver]) {
        self.ends.retain(|end, _| pending.binary_search(end).is_ok());
        for end in pending {
            self.ends.entry(*end).or_insert(now + end.delay);
        }
    }

    /// What is waited for no longer. It is told until it is not pending any more.
    pub fn over(&self, now: Instant) -> impl Iterator<Item = LockDelayOver> {
        self.ends.iter().filter(move |(_, end)| **end <= now).map(|(over, _)| *over)
    }

    /// When the next delay ends.
    pub fn next_end(&self) -> Option<Instant> {
        self.ends.values().min().copied()
    }
}

/// Carries the duty out until it is dropped.
pub async fn run<R: Replica>(replica: Arc<R>, store: Arc<Store>, memory: Arc<Memory>) {
    let mut delays = Delays::default();
    loop {
        let mut sessions = store.watch(Topic::Table(Table::Sessions));
        delays.follow(memory.now(), &store.lock_delays());
        for over in delays.over(memory.now()) {
            let command = Command::Session(SessionCommand::LockDelayOver(over));
            if let Err(error) = replica.propose_as_leader(command.encode()).await {
                tracing::debug!(target: "agent.server", %error, "a lock-delay lasts until the next look");
            }
        }
        delays.follow(memory.now(), &store.lock_delays());
        tokio::time::sleep(PAUSE).await;
        tokio::select! {
            () = sessions.changed() => {}
            () = memory.until(delays.next_end()) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proconsul_base::index::Index;

    use super::*;

    const fn wait(since: u64, seconds: u64) -> LockDelayOver {
        LockDelayOver { since: Index(since), delay: Duration::from_secs(seconds) }
    }

    fn at(seconds: u64) -> Instant {
        Instant::ZERO + Duration::from_secs(seconds)
    }

    #[test]
    fn a_delay_ends_its_time_after_it_was_first_seen_and_is_told_until_it_is_gone() {
        let (long, short) = (wait(7, 15), wait(9, 1));
        let mut delays = Delays::default();
        delays.follow(at(100), &[long]);
        delays.follow(at(110), &[long, short]);
        let over = |delays: &Delays, now| delays.over(at(now)).collect::<Vec<_>>();
        assert_eq!(delays.next_end(), Some(at(111)));
        assert_eq!(over(&delays, 110), []);
        assert_eq!(over(&delays, 111), [short]);
        assert_eq!(over(&delays, 115), [long, short]);
        delays.follow(at(115), &[]);
        assert_eq!((over(&delays, 999), delays.next_end()), (vec![], None));
    }
}
