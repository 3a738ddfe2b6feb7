//! The machine: swim below, statuses, intents, events and queries above. It has swim's methods and adds wishes.

use std::collections::{BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use proconsul_base::rand::Rng;
use proconsul_base::time::Instant;
use proconsul_swim::wire::stream::StreamMessage;
use proconsul_swim::{ExchangeError, Swim, Ticket, Transmit};

use crate::coordinate::Coordinate;
use crate::event::{Event, EventError};
use crate::force_leave::Refused;
use crate::machine::layer::Layer;
use crate::machine::leaving::Leaving;
use crate::member::{Member, Status, Tags};
use crate::tags::{self, TooLong};
use crate::timing::Timing;
use crate::wire::{Leave, Message};

mod answering;
mod hearing;
mod layer;
mod leaving;

/// What Consul's agents speak in the pool of one datacenter: memberlist 1 to 5, serf 2 to 5.
pub const VSN: [u8; 6] = [1, 5, 2, 2, 5, 4];

/// What a machine begins with.
#[derive(Clone, Debug)]
pub struct Config {
    /// This member's name.
    pub name: String,
    /// Where others reach it.
    pub address: SocketAddr,
    /// What it tells about itself.
    pub tags: Tags,
    /// The tag that names a node for good, so that its address may change at any time; Consul's is `id`.
    pub identity_tag: Option<String>,
    /// How fast gossip goes.
    pub swim: proconsul_swim::Timing,
    /// How long serf waits.
    pub timing: Timing,
}

/// The figures of `consul info`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// How often the coordinate was started afresh.
    pub coordinate_resets: u64,
    /// User events waiting to be passed on.
    pub event_queue: usize,
    /// The Lamport time of user events.
    pub event_time: u64,
    /// Members that failed.
    pub failed: usize,
    /// Lifeguard's health score; 0 is healthy.
    pub health_score: u32,
    /// Intents waiting to be passed on.
    pub intent_queue: usize,
    /// Members that left.
    pub left: usize,
    /// The Lamport time of joins and leaves.
    pub member_time: u64,
    /// All members.
    pub members: usize,
    /// Queries waiting to be passed on.
    pub query_queue: usize,
    /// The Lamport time of queries.
    pub query_time: u64,
}

/// One member of the pool.
#[derive(Debug)]
pub struct Serf {
    swim: Swim,
    layer: Layer,
    timing: Timing,
    rng: Rng,
    leaving: Leaving,
    /// Joins that are announced once they succeed; attempts to reach failed members are not.
    joins: BTreeSet<Ticket>,
    reap_at: Instant,
    reconnect_at: Instant,
    events: VecDeque<Event>,
}

impl Serf {
    /// A member that knows nobody else yet.
    ///
    /// # Errors
    /// The tags do not fit.
    pub fn new(now: Instant, config: Config, mut rng: Rng) -> Result<Self, TooLong> {
        let swim = proconsul_swim::Config {
            name: config.name,
            address: config.address,
            meta: tags::encode(&config.tags)?,
            vsn: VSN,
            label: Vec::new(),
            timing: config.swim,
        };
        let swim = Swim::new(now, swim, rng.fork()).map_err(|error| TooLong { bytes: error.bytes })?;
        let mut layer = Layer::new(config.identity_tag, config.swim.retransmit_multiplier, rng.fork());
        layer.roster.present(now, swim.local());
        let timing = config.timing;
        Ok(Self {
            swim,
            layer,
            timing,
            leaving: Leaving::No,
            joins: BTreeSet::new(),
            reap_at: now + timing.reap_interval,
            reconnect_at: now + timing.reconnect_interval + rng.duration_below(timing.reconnect_interval),
            rng,
            events: VecDeque::new(),
        })
    }

    /// A datagram arrived.
    pub fn receive(&mut self, now: Instant, from: SocketAddr, packet: &[u8]) {
        self.swim.receive(now, from, packet, &mut self.layer);
        self.settle(now);
    }

    /// Somebody began a conversation over a stream: the answer, if there is one.
    pub fn serve(&mut self, now: Instant, from: SocketAddr, message: StreamMessage) -> Option<Vec<u8>> {
        let answer = self.swim.serve(now, from, message, &mut self.layer);
        self.settle(now);
        answer
    }

    /// A conversation of ours came to its end.
    pub fn conversed(&mut self, now: Instant, ticket: Ticket, answer: Result<StreamMessage, ExchangeError>) {
        self.swim.conversed(now, ticket, answer, &mut self.layer);
        self.settle(now);
    }

    /// Time has passed; does everything that is due.
    pub fn tick(&mut self, now: Instant) {
        self.swim.tick(now, &mut self.layer);
        self.settle(now);
        self.tick_leaving(now);
        self.tick_poll(now);
        if now >= self.reap_at {
            self.reap_at = now + self.timing.reap_interval;
            self.reap(now);
        }
        if now >= self.reconnect_at {
            self.reconnect_at = now + self.timing.reconnect_interval;
            self.reconnect();
        }
        self.settle(now);
    }

    /// When [`tick`](Self::tick) has something to do.
    pub fn deadline(&self) -> Instant {
        let sooner = [self.leaving.deadline(), self.layer.queries.deadline()];
        let own = self.swim.deadline(&self.layer).min(self.reap_at).min(self.reconnect_at);
        sooner.into_iter().flatten().fold(own, Instant::min)
    }

    /// The next thing to send.
    pub fn next_send(&mut self) -> Option<Transmit> {
        self.swim.next_send()
    }

    /// The next thing that happened.
    pub fn next_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// The process did not run for this long, though it wanted to; nobody is blamed for silence meanwhile.
    pub fn overslept(&mut self, by: Duration) {
        self.swim.overslept(by);
    }

    /// Exchanges members with an address; [`Event::Joining`] tells what came of it.
    pub fn join(&mut self, now: Instant, address: SocketAddr) -> Ticket {
        let ticket = self.swim.join(address, &mut self.layer);
        self.joins.insert(ticket);
        self.settle(now);
        ticket
    }

    /// Replaces our tags and tells everybody.
    ///
    /// # Errors
    /// They do not fit; the old ones stay.
    pub fn set_tags(&mut self, now: Instant, tags: &Tags) -> Result<(), TooLong> {
        let meta = tags::encode(tags)?;
        self.swim.set_meta(meta).map_err(|error| TooLong { bytes: error.bytes })?;
        self.settle(now);
        Ok(())
    }

    /// Declares a failed member gone, for everybody; with `prune` it is forgotten too. One that is alive will contradict.
    ///
    /// # Errors
    /// Nobody of that name is known.
    pub fn force_leave(&mut self, now: Instant, name: &str, prune: bool) -> Result<(), Refused> {
        if self.layer.roster.get(name).is_none() {
            return Err(Refused::Unknown(name.to_owned()));
        }
        let leave = Leave { time: self.layer.clock.stamp(), node: name.to_owned(), prune };
        self.layer.intents.push(Some(name.into()), Message::Leave(leave.clone()).encode());
        self.hear_leave(now, &leave);
        Ok(())
    }

    /// Fires a user event at everybody, ourselves included.
    ///
    /// # Errors
    /// It is too long.
    pub fn fire(&mut self, name: &str, payload: &[u8], coalesce: bool) -> Result<(), EventError> {
        let event = self.layer.user_events.fire(name, payload, coalesce)?;
        self.layer.event_news.push(None, Message::UserEvent(event.clone()).encode());
        self.events.push_back(Event::User(event));
        Ok(())
    }

    /// Everybody, ordered by name, with their newest incarnations.
    pub fn members(&self) -> Vec<Member> {
        let incarnation =
            |member: &Member| self.swim.other(&member.name).map_or(member.incarnation, |node| node.incarnation);
        let mut members: Vec<Member> = self.layer.roster.iter().cloned().collect();
        for member in &mut members {
            member.incarnation =
                if member.name == self.swim.local().name { self.swim.local().incarnation } else { incarnation(member) };
        }
        members
    }

    /// The member of this name; its incarnation may be an older one.
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.layer.roster.get(name)
    }

    /// This member.
    pub fn local(&self) -> Member {
        let local = self.swim.local();
        let status = self.layer.roster.get(&local.name).map_or(Status::Alive, |member| member.status);
        Member { status, ..crate::roster::member_of(local) }
    }

    /// Grows whenever [`members`](Self::members) changes.
    pub fn changes(&self) -> u64 {
        self.layer.roster.changes()
    }

    /// Our position.
    pub const fn coordinate(&self) -> &Coordinate {
        self.layer.vivaldi.coordinate()
    }

    /// The figures of `consul info`.
    pub fn stats(&self) -> Stats {
        let layer = &self.layer;
        Stats {
            coordinate_resets: layer.vivaldi.resets(),
            event_queue: layer.event_news.len(),
            event_time: layer.user_events.clock.time(),
            failed: layer.roster.count(Status::Failed),
            health_score: self.swim.health_score(),
            intent_queue: layer.intents.len(),
            left: layer.roster.count(Status::Left),
            member_time: layer.clock.time(),
            members: layer.roster.iter().count(),
            query_queue: layer.query_news.len(),
            query_time: layer.queries.clock.time(),
        }
    }

    fn reap(&mut self, now: Instant) {
        let Timing { forget_failed, forget_left, forget_intent, .. } = self.timing;
        let reaped = self.layer.roster.reap(now, forget_failed, forget_left, forget_intent);
        self.emit(reaped);
    }

    /// Tries one failed member again, the more often the more have failed.
    fn reconnect(&mut self) {
        let (failed, alive) = (self.layer.roster.count(Status::Failed), self.layer.roster.count(Status::Alive));
        if failed == 0 || self.leaving != Leaving::No || !self.rng.chance(failed as u64, alive.max(1) as u64) {
            return;
        }
        let chosen = self.rng.place(failed);
        let has_failed = |member: &&Member| member.status == Status::Failed;
        let address = self.layer.roster.iter().filter(has_failed).nth(chosen).map(|member| member.address);
        if let Some(address) = address {
            self.swim.join(address, &mut self.layer);
        }
    }

    /// Passes events on; who is forgotten is forgotten by the coordinates too.
    fn emit(&mut self, events: impl IntoIterator<Item = Event>) {
        for event in events {
            if let Event::Reaped(member) = &event {
                self.layer.vivaldi.forget(&member.name);
            }
            self.events.push_back(event);
        }
    }

    fn name(&self) -> String {
        self.swim.local().name.to_string()
    }
}
