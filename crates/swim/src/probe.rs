//! One probe at a time: direct, then through others, then the verdict. Knows no message and no member's state.

use std::time::Duration;

use proconsul_base::time::Instant;

use crate::members::Node;

/// A probe under way.
#[derive(Clone, Debug)]
pub struct Probe {
    /// Of its ping.
    pub sequence: u32,
    /// Who is probed, as known when it began.
    pub target: Node,
    /// When the ping went out.
    pub sent_at: Instant,
    asks_others_at: Option<Instant>,
    ends_at: Instant,
    nacks_expected: u32,
    nacks: u32,
    reached_over_stream: bool,
}

impl Probe {
    /// How many of those who were to ping in our place, and can say so, did not even tell that they failed. `None` when
    /// nobody could.
    pub const fn nacks_missing(&self) -> Option<u32> {
        if self.nacks_expected == 0 { None } else { Some(self.nacks_expected.saturating_sub(self.nacks)) }
    }

    /// Whether the target answered over a stream, though not over packets.
    pub const fn was_reached_over_stream(&self) -> bool {
        self.reached_over_stream
    }
}

/// What is to be done about the probe under way.
#[derive(Debug)]
pub enum Step {
    /// No ack in time: others shall try, and a stream.
    AskOthers(Probe),
    /// No ack at all.
    Over(Probe),
}

/// The probe under way, and when the next begins.
#[derive(Debug)]
pub struct Probing {
    current: Option<Probe>,
    next_at: Instant,
}

impl Probing {
    /// Nothing under way; the first probe begins then.
    pub const fn starting_at(next_at: Instant) -> Self {
        Self { current: None, next_at }
    }

    /// Whether the next probe is to begin.
    pub fn is_due(&self, now: Instant) -> bool {
        self.current.is_none() && now >= self.next_at
    }

    /// Nobody to probe now.
    pub fn wait(&mut self, until: Instant) {
        self.next_at = until;
    }

    /// A ping has been sent. The probe asks others after `timeout`, ends after `interval`, and the next begins no sooner.
    pub fn begin(&mut self, now: Instant, sequence: u32, target: Node, timeout: Duration, interval: Duration) {
        self.next_at = now + interval;
        self.current = Some(Probe {
            sequence,
            target,
            sent_at: now,
            asks_others_at: Some(now + timeout),
            ends_at: now + interval,
            nacks_expected: 0,
            nacks: 0,
            reached_over_stream: false,
        });
    }

    /// Others were asked; so many of them can send nacks.
    pub fn expect_nacks(&mut self, count: u32) {
        if let Some(probe) = &mut self.current {
            probe.nacks_expected = count;
        }
    }

    /// The probe of this sequence, when it is under way: it went well.
    pub fn acked(&mut self, sequence: u32) -> Option<Probe> {
        self.current.take_if(|probe| probe.sequence == sequence)
    }

    /// Somebody tried in our place and failed too.
    pub fn nacked(&mut self, sequence: u32) {
        if let Some(probe) = self.current.as_mut().filter(|probe| probe.sequence == sequence) {
            probe.nacks += 1;
        }
    }

    /// The target answered over a stream.
    pub fn reached_over_stream(&mut self, sequence: u32) {
        if let Some(probe) = self.current.as_mut().filter(|probe| probe.sequence == sequence) {
            probe.reached_over_stream = true;
        }
    }

    /// What is to be done now; each step comes once.
    pub fn step(&mut self, now: Instant) -> Option<Step> {
        if let Some(over) = self.current.take_if(|probe| probe.ends_at <= now) {
            return Some(Step::Over(over));
        }
        let probe = self.current.as_mut()?;
        probe.asks_others_at.take_if(|at| *at <= now)?;
        Some(Step::AskOthers(probe.clone()))
    }

    /// When [`step`](Self::step) or the next probe is due.
    pub fn deadline(&self) -> Instant {
        match &self.current {
            Some(probe) => probe.asks_others_at.unwrap_or(probe.ends_at),
            None => self.next_at,
        }
    }

    /// We were not running: whatever this probe would find says nothing about its target.
    pub fn forget_current(&mut self) {
        self.current = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::push_pull::State;

    const TIMEOUT: Duration = Duration::from_millis(500);
    const INTERVAL: Duration = Duration::from_secs(1);

    fn begun() -> Probing {
        let target = Node {
            name: "a".into(),
            address: "127.0.0.1:1".parse().unwrap(),
            meta: vec![],
            vsn: [1, 5, 2, 2, 5, 4],
            incarnation: 1,
            state: State::Alive,
            since: Instant::ZERO,
        };
        let mut probing = Probing::starting_at(Instant::ZERO);
        assert!(probing.is_due(Instant::ZERO));
        probing.begin(Instant::ZERO, 7, target, TIMEOUT, INTERVAL);
        probing
    }

    #[test]
    fn others_are_asked_once_then_the_probe_ends() {
        let mut probing = begun();
        assert_eq!(probing.deadline(), Instant::ZERO + TIMEOUT);
        assert!(probing.step(Instant::ZERO).is_none());
        assert!(matches!(probing.step(probing.deadline()), Some(Step::AskOthers(_))));
        assert_eq!(probing.deadline(), Instant::ZERO + INTERVAL);
        assert!(matches!(probing.step(probing.deadline()), Some(Step::Over(_))));
        assert!(probing.is_due(Instant::ZERO + INTERVAL));
    }

    #[test]
    fn only_its_own_ack_ends_a_probe_well() {
        let mut probing = begun();
        assert!(probing.acked(6).is_none());
        assert!(probing.acked(7).is_some());
        assert!(probing.acked(7).is_none());
        assert!(!probing.is_due(Instant::ZERO + TIMEOUT));
    }

    #[test]
    fn missing_nacks_are_counted_only_when_some_were_expected() {
        let mut probing = begun();
        probing.expect_nacks(3);
        probing.nacked(7);
        probing.nacked(8);
        let Some(Step::Over(probe)) = probing.step(Instant::ZERO + INTERVAL) else { panic!("the probe goes on") };
        assert_eq!(probe.nacks_missing(), Some(2));
        let Some(Step::Over(probe)) = begun().step(Instant::ZERO + INTERVAL) else { panic!("the probe goes on") };
        assert_eq!(probe.nacks_missing(), None);
    }
}
