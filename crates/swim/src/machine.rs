//! The machine: packets, streams and time go in; sends, events and the next deadline come out.
//!
//! It knows no socket, no clock and no thread. Each concern keeps its own state (`probe`, `suspicion`, `broadcast`, …); the
//! files below decide what an input means for them.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use proconsul_base::limit::{GOSSIP_META_BYTES, GOSSIP_PACKET_BYTES};
use proconsul_base::rand::Rng;
use proconsul_base::time::Instant;

use crate::awareness::Awareness;
use crate::broadcast::{BroadcastId, Queue, Room, transmit_limit};
use crate::event::{Event, Ticket, Transmit, Upper};
use crate::members::{Members, Node};
use crate::probe::Probing;
use crate::relay::Relays;
use crate::suspicion::Suspicions;
use crate::timing::Timing;
use crate::wire::kind::Kind;
use crate::wire::message::{Message, Vsn};
use crate::wire::packet::{self, COMPOUND_BYTES, COMPOUND_PARTS};
use crate::wire::push_pull::State;

mod conversation;
mod packets;
mod probing;
mod rules;

/// Room kept free in each packet for a checksum.
const CRC_BYTES: usize = 5;

/// What a machine begins with.
#[derive(Clone, Debug)]
pub struct Config {
    /// This member's name.
    pub name: String,
    /// Where others reach it.
    pub address: SocketAddr,
    /// What the layer above tells about it.
    pub meta: Vec<u8>,
    /// What it speaks.
    pub vsn: Vsn,
    /// The pool's label; empty for none. At most 255 bytes.
    pub label: Vec<u8>,
    /// How fast everything goes.
    pub timing: Timing,
}

/// The meta does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a meta of {bytes} bytes does not fit into the {GOSSIP_META_BYTES} that gossip carries")]
pub struct MetaTooLong {
    /// Its length.
    pub bytes: usize,
}

/// One member of the pool.
#[derive(Debug)]
pub struct Swim {
    timing: Timing,
    label: Vec<u8>,
    rng: Rng,
    local: Node,
    others: Members,
    news: Queue,
    awareness: Awareness,
    suspicions: Suspicions,
    probing: Probing,
    relays: Relays,
    conversations: BTreeMap<Ticket, conversation::Purpose>,
    sequence: u32,
    next_ticket: u64,
    gossip_at: Instant,
    push_pull_at: Instant,
    leaving: Leaving,
    transmits: VecDeque<Transmit>,
    events: VecDeque<Event>,
}

/// How far our leaving has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leaving {
    No,
    Telling(BroadcastId),
    Told,
}

impl Swim {
    /// A member that knows nobody else yet.
    ///
    /// # Errors
    /// The meta is too long.
    pub fn new(now: Instant, config: Config, mut rng: Rng) -> Result<Self, MetaTooLong> {
        check_meta(&config.meta)?;
        assert!(config.label.len() <= usize::from(u8::MAX), "a label's length is one byte");
        let timing = config.timing;
        // Spread over the interval, so that a pool started at once does not act at once.
        let probe_at = now + rng.duration_below(timing.probe_interval);
        let push_pull_at = now + timing.push_pull_interval + rng.duration_below(timing.push_pull_interval);
        let local = Node {
            name: config.name.into(),
            address: config.address,
            meta: config.meta,
            vsn: config.vsn,
            incarnation: 1,
            state: State::Alive,
            since: now,
        };
        let mut swim = Self {
            timing,
            label: config.label,
            sequence: rng.below(u32::MAX.into()) as u32,
            rng,
            local,
            others: Members::default(),
            news: Queue::default(),
            awareness: Awareness::new(timing.awareness_maximum),
            suspicions: Suspicions::default(),
            probing: Probing::starting_at(probe_at),
            relays: Relays::default(),
            conversations: BTreeMap::new(),
            next_ticket: 0,
            gossip_at: now,
            push_pull_at,
            leaving: Leaving::No,
            transmits: VecDeque::new(),
            events: VecDeque::new(),
        };
        swim.announce_local();
        Ok(swim)
    }

    /// A datagram arrived.
    pub fn receive(&mut self, now: Instant, from: SocketAddr, packet: &[u8], upper: &mut dyn Upper) {
        let (messages, error) = packet::open(packet, &self.label);
        for message in messages {
            self.on_message(now, from, message, upper);
        }
        if let Some(error) = error {
            self.events.push_back(Event::Refused { from, error });
        }
    }

    /// Time has passed; does everything that is due.
    pub fn tick(&mut self, now: Instant, upper: &mut dyn Upper) {
        while let Some(name) = self.suspicions.expired(now) {
            self.declare_dead(now, &name);
        }
        self.tick_relays(now, upper);
        self.tick_probing(now, upper);
        self.tick_push_pull(now, upper);
        if self.gossip_due(upper).is_some_and(|due| due <= now) {
            self.gossip(now, upper);
        }
        self.tick_leaving();
    }

    /// When [`tick`](Self::tick) has something to do.
    pub fn deadline(&self, upper: &dyn Upper) -> Instant {
        let sooner = [self.suspicions.deadline(), self.relays.deadline(), self.gossip_due(upper)];
        sooner.into_iter().flatten().fold(self.probing.deadline().min(self.push_pull_at), Instant::min)
    }

    /// The next thing to send.
    pub fn next_send(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    /// The next thing that happened.
    pub fn next_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// The process did not run for this long, though it wanted to. Answers may wait unread, so nobody is blamed for silence:
    /// the probe under way is dropped and suspects get the time back.
    pub fn overslept(&mut self, by: Duration) {
        self.probing.forget_current();
        self.relays.forget();
        self.suspicions.overslept(by);
    }

    /// Says something new about ourselves.
    ///
    /// # Errors
    /// The meta is too long; the old one stays.
    pub fn set_meta(&mut self, meta: Vec<u8>) -> Result<(), MetaTooLong> {
        check_meta(&meta)?;
        self.local.meta = meta;
        self.local.incarnation = self.local.incarnation.saturating_add(1);
        self.announce_local();
        self.events.push_back(Event::Updated(self.local.clone()));
        Ok(())
    }

    /// Tells everybody that we leave; [`Event::LeaveSent`] follows when that has been sent often enough.
    pub fn leave(&mut self, now: Instant) {
        if self.leaving != Leaving::No {
            return;
        }
        self.local.state = State::Left;
        self.local.since = now;
        let farewell = Message::Dead(self.accusation_of(&self.local)).encode();
        self.leaving = Leaving::Telling(self.news.push(Some(self.local.name.clone()), farewell));
    }

    /// Sends bytes of the layer above to one address, once and without a receipt.
    pub fn send_user(&mut self, to: SocketAddr, bytes: Vec<u8>) {
        self.send_alone(to, None, &Message::User(bytes));
    }

    /// This member.
    pub fn local(&self) -> &Node {
        &self.local
    }

    /// Everybody else, ordered by name.
    pub fn others(&self) -> impl Iterator<Item = &Node> {
        self.others.iter()
    }

    /// Somebody else of this name.
    pub fn other(&self, name: &str) -> Option<&Node> {
        self.others.get(name)
    }

    /// How many are known, with us.
    pub fn members(&self) -> usize {
        self.others.len() + 1
    }

    /// Lifeguard's score; 0 is healthy.
    pub fn health_score(&self) -> u32 {
        self.awareness.score()
    }

    /// How often each broadcast goes out now.
    pub fn transmit_limit(&self) -> u32 {
        transmit_limit(self.timing.retransmit_multiplier, self.members())
    }

    /// The profile in use.
    pub fn timing(&self) -> &Timing {
        &self.timing
    }

    fn tick_leaving(&mut self) {
        let Leaving::Telling(farewell) = self.leaving else { return };
        if !self.news.contains(farewell) || !self.others.iter().any(Node::is_present) {
            self.leaving = Leaving::Told;
            self.events.push_back(Event::LeaveSent);
        }
    }

    /// When news is to be sent; `None` while there is none, or nobody to tell.
    fn gossip_due(&self, upper: &dyn Upper) -> Option<Instant> {
        let is_due = !self.others.is_empty() && (!self.news.is_empty() || upper.has_broadcasts());
        is_due.then_some(self.gossip_at)
    }

    /// Sends news to some members at random, the newly dead included: they may want to refute.
    fn gossip(&mut self, now: Instant, upper: &mut dyn Upper) {
        self.gossip_at = now + self.timing.gossip_interval;
        let to_the_dead = self.timing.gossip_to_the_dead;
        let fits = |node: &Node| match node.state {
            State::Alive | State::Suspect => true,
            State::Dead => now.since(node.since) <= to_the_dead,
            State::Left => false,
        };
        let receivers: Vec<(SocketAddr, u8)> = self
            .others
            .sample(self.timing.gossip_nodes, &mut self.rng, fits)
            .into_iter()
            .map(|node| (node.address, node.protocol_max()))
            .collect();
        for (address, protocol_max) in receivers {
            let parts = self.take_news(0, COMPOUND_PARTS, upper);
            if parts.is_empty() {
                return;
            }
            self.send_parts(address, Some(protocol_max), &parts);
        }
    }

    /// News that still fits beside `used` bytes; our own goes before that of the layer above.
    fn take_news(&mut self, used: usize, parts: usize, upper: &mut dyn Upper) -> Vec<Vec<u8>> {
        let reserved = used + COMPOUND_BYTES + CRC_BYTES + packet::label_bytes(&self.label);
        let mut room = Room { bytes: GOSSIP_PACKET_BYTES.saturating_sub(reserved), overhead: COMPOUND_BYTES, parts };
        let limit = self.transmit_limit();
        let mut news = self.news.take(&mut room, limit);
        room.overhead += 1; // the type byte of user messages
        let user = upper.broadcasts(&mut room, self.members());
        news.extend(user.into_iter().map(|bytes| [&[Kind::User as u8], bytes.as_slice()].concat()));
        news
    }

    /// Sends a message with as much news as fits beside it.
    fn send(&mut self, to: SocketAddr, protocol_max: Option<u8>, message: &Message, upper: &mut dyn Upper) {
        let message = message.encode();
        let mut parts = self.take_news(message.len() + COMPOUND_BYTES, COMPOUND_PARTS - 1, upper);
        parts.insert(0, message);
        self.send_parts(to, protocol_max, &parts);
    }

    fn send_alone(&mut self, to: SocketAddr, protocol_max: Option<u8>, message: &Message) {
        self.send_parts(to, protocol_max, &[message.encode()]);
    }

    fn send_parts(&mut self, to: SocketAddr, protocol_max: Option<u8>, parts: &[Vec<u8>]) {
        let bytes = packet::seal(parts, &self.label, protocol_max);
        self.transmits.push_back(Transmit::Packet { to, bytes });
    }

    fn announce_local(&mut self) {
        let alive = Message::Alive(self.local.alive()).encode();
        self.news.push(Some(self.local.name.clone()), alive);
    }

    fn next_sequence(&mut self) -> u32 {
        self.sequence = self.sequence.wrapping_add(1);
        self.sequence
    }
}

fn check_meta(meta: &[u8]) -> Result<(), MetaTooLong> {
    if meta.len() > GOSSIP_META_BYTES { Err(MetaTooLong { bytes: meta.len() }) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
