//! Queries: passing them on, answering serf's own, and asking the pool who bears our name.

use proconsul_base::limit::SERF_QUERY_BYTES;
use proconsul_base::time::Instant;

use super::Serf;
use crate::event::Event;
use crate::member::{Member, Status};
use crate::query::{self, CONFLICT, INTERNAL_PREFIX};
use crate::wire::{Answer, Conflict, Message, Query, Relayed, key_refusal};

impl Serf {
    pub(super) fn on_query(&mut self, query: &Query, bytes: &[u8]) {
        if bytes.len() > SERF_QUERY_BYTES || !self.layer.queries.admit(query) {
            return;
        }
        if !query.is_private {
            self.layer.query_news.push(None, bytes.to_vec());
        }
        if !query::is_meant_for(&self.local(), &query.filters) {
            return;
        }
        if query.wants_ack {
            self.answer(query, true, Vec::new());
        }
        match query.name.strip_prefix(INTERNAL_PREFIX) {
            Some(name) => self.answer_internal(query, name),
            None => self.events.push_back(Event::Query {
                name: query.name.clone(),
                payload: query.payload.clone(),
                from: query.source.clone(),
            }),
        }
    }

    /// A ping is answered by its ack alone; about our own name the others are asked, not we.
    fn answer_internal(&mut self, query: &Query, name: &str) {
        match name {
            "conflict" if query.payload != self.name().as_bytes() => {
                let known = std::str::from_utf8(&query.payload).ok().and_then(|name| self.layer.roster.get(name));
                if let Some(payload) = known.map(Conflict::encode) {
                    self.answer(query, false, payload);
                }
            }
            "install-key" | "use-key" | "remove-key" | "list-keys" => self.answer(query, false, key_refusal()),
            _ => {}
        }
    }

    /// Straight to the asker, and through as many others as it wishes.
    fn answer(&mut self, query: &Query, is_ack: bool, payload: Vec<u8>) {
        let answer = Answer { time: query.time, id: query.id, from: self.name(), is_ack, payload };
        let message = Message::Answer(answer).encode();
        if message.len() > SERF_QUERY_BYTES {
            return;
        }
        self.swim.send_user(query.address, message.clone());
        let relay = Relayed { to: query.address, name: query.source.clone(), message };
        let relay = Message::Relay(relay).encode();
        for address in self.relays(query) {
            self.swim.send_user(address, relay.clone());
        }
    }

    fn relays(&mut self, query: &Query) -> Vec<std::net::SocketAddr> {
        let local = self.swim.local().name.clone();
        let fits =
            |member: &&Member| member.status == Status::Alive && member.name != local && *member.name != *query.source;
        let mut others: Vec<_> = self.layer.roster.iter().filter(fits).map(|member| member.address).collect();
        self.rng.shuffle(&mut others);
        others.truncate(query.relay_factor.into());
        others
    }

    /// Another member claims our name: the others know where it is.
    pub(super) fn ask_whose_name(&mut self, now: Instant) {
        if !self.layer.queries.may_poll() {
            return;
        }
        let timeout = query::timeout(self.swim.timing().gossip_interval, self.swim.members());
        let query = Query {
            time: self.layer.queries.clock.stamp(),
            id: self.rng.below(u32::MAX.into()) as u32,
            address: self.swim.local().address,
            source: self.name(),
            filters: Vec::new(),
            wants_ack: false,
            is_private: false,
            relay_factor: 0,
            timeout_ns: i64::try_from(timeout.as_nanos()).unwrap_or(i64::MAX),
            name: CONFLICT.to_owned(),
            payload: self.name().into_bytes(),
        };
        self.layer.queries.admit(&query);
        self.layer.queries.poll(&query, now + timeout);
        self.layer.query_news.push(None, Message::Query(query).encode());
    }

    pub(super) fn tick_poll(&mut self, now: Instant) {
        if self.layer.queries.verdict(now) == Some(false) {
            self.events.push_back(Event::NameLost);
        }
    }
}
