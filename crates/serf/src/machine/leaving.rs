//! Leaving on purpose, in serf's three steps: the intent goes out, swim says farewell, the news spreads.

use proconsul_base::time::Instant;
use proconsul_swim::Node;
use proconsul_swim::broadcast::BroadcastId;

use super::Serf;
use crate::event::Event;
use crate::wire::{Leave, Message};

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaving {
    /// We stay.
    No,
    /// The intent is being sent.
    Intent { news: BroadcastId, until: Instant },
    /// Swim is telling everybody.
    Farewell { until: Instant },
    /// Everything is sent; others pass it on.
    Spreading { until: Instant },
    /// As well known as it can be.
    Done,
}

impl Leaving {
    /// When the step is over at the latest.
    pub(super) const fn deadline(self) -> Option<Instant> {
        match self {
            Self::Intent { until, .. } | Self::Farewell { until } | Self::Spreading { until } => Some(until),
            Self::No | Self::Done => None,
        }
    }
}

impl Serf {
    /// Leaves on purpose; [`Event::LeaveDone`] follows, at once when that has happened before.
    pub fn leave(&mut self, now: Instant) {
        match self.leaving {
            Leaving::No => {}
            Leaving::Done => return self.events.push_back(Event::LeaveDone),
            _ => return,
        }
        let leave = Leave { time: self.layer.clock.stamp(), node: self.name(), prune: false };
        let name = self.swim.local().name.clone();
        let news = self.layer.intents.push(Some(name), Message::Leave(leave.clone()).encode());
        self.leaving = Leaving::Intent { news, until: now + self.timing.broadcast_timeout };
        self.hear_leave(now, &leave);
        self.tick_leaving(now);
        self.settle(now);
    }

    pub(super) fn tick_leaving(&mut self, now: Instant) {
        if let Leaving::Intent { news, until } = self.leaving {
            let is_sent = !self.layer.intents.contains(news) || !self.has_company();
            if is_sent || until <= now {
                self.leaving = Leaving::Farewell { until: now + self.timing.broadcast_timeout };
                self.swim.leave(now);
            }
        }
        match self.leaving {
            Leaving::Farewell { until } if until <= now || !self.has_company() => self.farewell_sent(now),
            Leaving::Spreading { until } if until <= now => self.left(now),
            _ => {}
        }
    }

    /// Swim has told enough members, or nobody is there to be told.
    pub(super) fn farewell_sent(&mut self, now: Instant) {
        if !self.has_company() {
            self.left(now);
        } else if matches!(self.leaving, Leaving::Farewell { .. }) {
            self.leaving = Leaving::Spreading { until: now + self.timing.leave_propagation };
        }
    }

    fn left(&mut self, now: Instant) {
        self.leaving = Leaving::Done;
        let name = self.name();
        let events = self.layer.roster.absent(now, &name, true);
        self.emit(events);
        self.events.push_back(Event::LeaveDone);
    }

    fn has_company(&self) -> bool {
        self.swim.others().any(Node::is_present)
    }
}
