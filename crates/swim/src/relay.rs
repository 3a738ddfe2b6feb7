//! Pings made in the place of others: the way back for their acks, and nacks when there is none.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use proconsul_base::limit::GOSSIP_RELAYS;
use proconsul_base::time::Instant;

/// Where an answer goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relay {
    /// Who asked.
    pub asker: SocketAddr,
    /// The asker's sequence.
    pub sequence: u32,
    /// Whether the asker understands nacks.
    pub wants_nack: bool,
    /// When we give up.
    pub until: Instant,
}

/// All relayed pings by our own sequence.
#[derive(Clone, Debug, Default)]
pub struct Relays(BTreeMap<u32, Relay>);

impl Relays {
    /// Remembers the way back; false when too many wait already.
    pub fn begin(&mut self, sequence: u32, relay: Relay) -> bool {
        let has_room = self.0.len() < GOSSIP_RELAYS;
        if has_room {
            self.0.insert(sequence, relay);
        }
        has_room
    }

    /// The target answered.
    pub fn acked(&mut self, sequence: u32) -> Option<Relay> {
        self.0.remove(&sequence)
    }

    /// One whose time is over.
    pub fn expired(&mut self, now: Instant) -> Option<Relay> {
        let sequence = *self.0.iter().find(|(_, relay)| relay.until <= now)?.0;
        self.0.remove(&sequence)
    }

    /// When the next one's time is over.
    pub fn deadline(&self) -> Option<Instant> {
        self.0.values().map(|relay| relay.until).min()
    }

    /// We were not running: a nack now would blame the target for our own sleep.
    pub fn forget(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relay() -> Relay {
        let asker = "127.0.0.1:1".parse().unwrap();
        Relay { asker, sequence: 70, wants_nack: true, until: Instant::from_nanos(5) }
    }

    #[test]
    fn an_answer_goes_back_once_and_not_after_its_time() {
        let mut relays = Relays::default();
        assert!(relays.begin(1, relay()) && relays.begin(2, relay()));
        assert_eq!(relays.acked(1), Some(relay()));
        assert_eq!(relays.acked(1), None);
        assert_eq!(relays.expired(Instant::from_nanos(4)), None);
        assert_eq!(relays.expired(Instant::from_nanos(5)), Some(relay()));
        assert_eq!(relays.acked(2), None);
    }

    #[test]
    fn too_many_at_once_are_not_served() {
        let mut relays = Relays::default();
        assert!((0..GOSSIP_RELAYS as u32).all(|sequence| relays.begin(sequence, relay())));
        assert!(!relays.begin(u32::MAX, relay()));
    }
}
