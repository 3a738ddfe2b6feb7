//! What swim asks the layer above when it builds packets and states. Decides nothing about members.

use proconsul_base::rand::Rng;
use proconsul_swim::Upper;
use proconsul_swim::broadcast::{Queue, Room, transmit_limit};

use crate::event::UserEvents;
use crate::lamport::Clock;
use crate::query::Queries;
use crate::roster::Roster;
use crate::tags;
use crate::vivaldi::Vivaldi;
use crate::wire::RemoteState;

/// Serf's own state, apart from the machine below, so that the machine can ask it while it runs.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) roster: Roster,
    pub(super) clock: Clock,
    pub(super) user_events: UserEvents,
    pub(super) queries: Queries,
    pub(super) vivaldi: Vivaldi,
    pub(super) intents: Queue,
    pub(super) event_news: Queue,
    pub(super) query_news: Queue,
    identity_tag: Option<String>,
    retransmit_multiplier: u32,
}

impl Layer {
    pub(super) fn new(identity_tag: Option<String>, retransmit_multiplier: u32, rng: Rng) -> Self {
        Self {
            roster: Roster::default(),
            clock: Clock::default(),
            user_events: UserEvents::default(),
            queries: Queries::default(),
            vivaldi: Vivaldi::new(rng),
            intents: Queue::default(),
            event_news: Queue::default(),
            query_news: Queue::default(),
            identity_tag,
            retransmit_multiplier,
        }
    }
}

impl Upper for Layer {
    fn broadcasts(&mut self, room: &mut Room, members: usize) -> Vec<Vec<u8>> {
        let limit = transmit_limit(self.retransmit_multiplier, members);
        let queues = [&mut self.intents, &mut self.query_news, &mut self.event_news];
        queues.into_iter().flat_map(|queue| queue.take(room, limit)).collect()
    }

    fn has_broadcasts(&self) -> bool {
        [&self.intents, &self.query_news, &self.event_news].into_iter().any(|queue| !queue.is_empty())
    }

    fn local_state(&mut self, _: bool) -> Vec<u8> {
        let (statuses, left) = self.roster.told();
        let state = RemoteState {
            time: self.clock.time(),
            statuses,
            left,
            event_time: self.user_events.clock.time(),
            events: self.user_events.remembered(),
            query_time: self.queries.clock.time(),
        };
        state.encode()
    }

    fn ack_payload(&mut self) -> Vec<u8> {
        self.vivaldi.coordinate().encode()
    }

    fn same_node(&self, known: &[u8], claimed: &[u8]) -> bool {
        let Some(tag) = &self.identity_tag else { return false };
        let identity = |meta| tags::decode(meta).remove(tag).filter(|identity| !identity.is_empty());
        identity(known).is_some_and(|known| identity(claimed) == Some(known))
    }
}
