//! What each message of a packet means.

use std::net::SocketAddr;

use proconsul_base::limit::GOSSIP_META_BYTES;
use proconsul_base::time::Instant;

use super::Swim;
use crate::event::{Event, Upper};
use crate::members::Node;
use crate::relay::Relay;
use crate::wire::message::{Accusation, Ack, IndirectPing, Message, Ping, Source};
use crate::wire::push_pull::State;

impl Swim {
    pub(super) fn on_message(&mut self, now: Instant, from: SocketAddr, message: Message, upper: &mut dyn Upper) {
        match message {
            Message::Ping(ping) => self.on_ping(from, ping, upper),
            Message::IndirectPing(request) => self.on_indirect_ping(now, from, request, upper),
            Message::Ack(ack) => self.on_ack(now, ack, upper),
            Message::Nack(sequence) => self.probing.nacked(sequence),
            Message::Suspect(accusation) => {
                self.correct(from, &accusation);
                self.on_suspect(now, accusation);
            }
            Message::Alive(alive) if alive.meta.len() <= GOSSIP_META_BYTES => self.on_alive(now, alive, upper),
            // No honest member says so much about itself, and it would not fit beside others' news.
            Message::Alive(_) => {}
            Message::Dead(accusation) => {
                self.correct(from, &accusation);
                self.on_dead(now, accusation);
            }
            Message::User(bytes) => self.events.push_back(Event::User { from, bytes }),
        }
    }

    /// Answers unless somebody else is meant: after addresses were swapped, the old holder must not seem alive. A member
    /// that looks for another one here is told where that one is.
    fn on_ping(&mut self, from: SocketAddr, ping: Ping, upper: &mut dyn Upper) {
        if !self.is_us(&ping.node) {
            return self.redirect(&ping);
        }
        let ack = Message::Ack(Ack { sequence: ping.sequence, payload: upper.ack_payload() });
        self.send(asker(from, ping.source.as_ref()), None, &ack, upper);
    }

    fn redirect(&mut self, ping: &Ping) {
        let Some(source) = &ping.source else { return };
        // Only members are answered: others could be made targets of what they did not ask for.
        let is_member = self.others.get(&source.node).is_some_and(|asker| asker.address == source.address);
        let sought = self.others.get(&ping.node).filter(|sought| is_member && sought.state == State::Alive);
        if let Some(alive) = sought.map(Node::alive) {
            self.send_alone(source.address, None, &Message::Alive(alive));
        }
    }

    /// Whoever accuses a member of an incarnation that is over has missed the news, perhaps while it was being told to its own
    /// old address. memberlist would leave it to the next exchange of states.
    fn correct(&mut self, from: SocketAddr, accusation: &Accusation) {
        let outdated = |known: &&Node| known.state == State::Alive && accusation.incarnation < known.incarnation;
        if let Some(alive) = self.others.get(&accusation.node).filter(outdated).map(Node::alive) {
            self.send_alone(from, None, &Message::Alive(alive));
        }
    }

    fn on_indirect_ping(&mut self, now: Instant, from: SocketAddr, request: IndirectPing, upper: &mut dyn Upper) {
        let sequence = self.next_sequence();
        let relay = Relay {
            asker: asker(from, request.source.as_ref()),
            sequence: request.sequence,
            wants_nack: request.nack,
            until: now + self.timing.probe_timeout,
        };
        if self.relays.begin(sequence, relay) {
            let ping = Message::Ping(Ping { sequence, node: request.node, source: Some(self.source()) });
            self.send(request.target, None, &ping, upper);
        }
    }

    fn on_ack(&mut self, now: Instant, ack: Ack, upper: &mut dyn Upper) {
        if let Some(relay) = self.relays.acked(ack.sequence) {
            let ack = Message::Ack(Ack { sequence: relay.sequence, payload: Vec::new() });
            self.send(relay.asker, None, &ack, upper);
        } else if let Some(probe) = self.probing.acked(ack.sequence) {
            self.awareness.better();
            let round_trip = now.since(probe.sent_at);
            // Before the others were asked the answer can only be direct: the round trip means something.
            if round_trip <= self.timing.probe_timeout {
                self.events.push_back(Event::Acked { node: probe.target, round_trip, payload: ack.payload });
            }
        }
    }

    /// Gives up on relayed pings and says so to those who understand it.
    pub(super) fn tick_relays(&mut self, now: Instant, upper: &mut dyn Upper) {
        while let Some(relay) = self.relays.expired(now) {
            if relay.wants_nack {
                self.send(relay.asker, None, &Message::Nack(relay.sequence), upper);
            }
        }
    }

    /// An empty name means whoever receives it; old members leave it out.
    pub(super) fn is_us(&self, node: &str) -> bool {
        node.is_empty() || *node == *self.local.name
    }

    /// How we want to be answered.
    pub(super) fn source(&self) -> Source {
        Source { address: self.local.address, node: self.local.name.to_string() }
    }
}

/// Where the answer goes: as the asker says, else where the packet came from.
fn asker(from: SocketAddr, source: Option<&Source>) -> SocketAddr {
    source.map_or(from, |source| source.address)
}
