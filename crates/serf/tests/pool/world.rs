//! A world of members under one seed: a network that loses, delays and reorders, and a clock that jumps from event to event.
//!
//! Machines run directly; nothing here reads a real clock or a socket.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::SocketAddr;
use std::time::Duration;

use proconsul_base::rand::Rng;
use proconsul_base::time::Instant;
use proconsul_serf::{Config, Event, Serf, Status, Tags, Timing};
use proconsul_swim::wire::stream::{StreamMessage, StreamReader};
use proconsul_swim::{ExchangeError, Ticket, Transmit};

/// Names one run of a member; a restarted one gets a new name.
type Life = usize;

/// Something on its way.
enum Delivery {
    Packet { from: SocketAddr, to: SocketAddr, bytes: Vec<u8> },
    Asked { from: SocketAddr, to: SocketAddr, bytes: Vec<u8>, asker: Life, ticket: Ticket },
    Answered { asker: Life, ticket: Ticket, answer: Result<StreamMessage, ExchangeError> },
}

struct Host {
    serf: Serf,
    address: SocketAddr,
    deadline: Instant,
    paused: bool,
}

/// All members and everything between them.
pub(crate) struct World {
    pub(crate) now: Instant,
    pub(crate) loss_percent: u64,
    pub(crate) history: Vec<String>,
    rng: Rng,
    hosts: BTreeMap<Life, Host>,
    at: HashMap<SocketAddr, Life>,
    timers: BTreeSet<(Instant, Life)>,
    under_way: BTreeMap<(Instant, u64), Delivery>,
    islands: HashMap<SocketAddr, u32>,
    sent: u64,
    lives: Life,
}

/// The address of this number.
pub(crate) fn address(number: u16) -> SocketAddr {
    SocketAddr::from(([10, 0, (number >> 8) as u8, number as u8], 8301))
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            now: Instant::ZERO,
            loss_percent: 0,
            history: Vec::new(),
            rng: Rng::seeded(seed),
            hosts: BTreeMap::new(),
            at: HashMap::new(),
            timers: BTreeSet::new(),
            under_way: BTreeMap::new(),
            islands: HashMap::new(),
            sent: 0,
            lives: 0,
        }
    }

    /// `count` members that have joined the first and know each other.
    pub(crate) fn pool(seed: u64, count: u16) -> Self {
        let mut world = Self::new(seed);
        for number in 0..count {
            world.start(&format!("n{number}"), address(number));
        }
        for number in 1..count {
            world.join(address(number), address(0));
        }
        world.until(Duration::from_secs(30), "all know each other", |world| {
            world.agree_on(usize::from(count), Status::Alive)
        });
        world
    }

    pub(crate) fn start(&mut self, name: &str, at: SocketAddr) {
        let identity = format!("id of {name}");
        self.start_as(name, &identity, at);
    }

    pub(crate) fn start_as(&mut self, name: &str, identity: &str, at: SocketAddr) {
        let config = Config {
            name: name.to_owned(),
            address: at,
            tags: Tags::from([("id".to_owned(), identity.to_owned()), ("role".to_owned(), "consul".to_owned())]),
            identity_tag: Some("id".to_owned()),
            swim: proconsul_swim::Timing::lan(),
            timing: Timing::consul(),
        };
        let serf = Serf::new(self.now, config, self.rng.fork()).unwrap();
        let life = self.lives;
        self.lives += 1;
        assert!(self.at.insert(at, life).is_none(), "{at} is taken");
        let deadline = serf.deadline();
        self.timers.insert((deadline, life));
        self.hosts.insert(life, Host { serf, address: at, deadline, paused: false });
    }

    /// The process is gone without a word.
    pub(crate) fn kill(&mut self, at: SocketAddr) {
        let life = self.at.remove(&at).unwrap();
        let host = self.hosts.remove(&life).unwrap();
        self.timers.remove(&(host.deadline, life));
    }

    /// The process stops running, or goes on; what arrives meanwhile is lost.
    pub(crate) fn pause(&mut self, at: SocketAddr, paused: bool) {
        self.hosts.get_mut(&self.at[&at]).unwrap().paused = paused;
    }

    /// Puts an address on an island; only members of one island reach each other.
    pub(crate) fn isolate(&mut self, at: SocketAddr, island: u32) {
        self.islands.insert(at, island);
    }

    pub(crate) fn serf(&self, at: SocketAddr) -> &Serf {
        &self.hosts[&self.at[&at]].serf
    }

    pub(crate) fn join(&mut self, at: SocketAddr, to: SocketAddr) {
        self.with(at, |serf, now| {
            serf.join(now, to);
        });
    }

    /// Does something to a member and carries out what comes of it.
    pub(crate) fn with<T>(&mut self, at: SocketAddr, wish: impl FnOnce(&mut Serf, Instant) -> T) -> T {
        let (life, now) = (self.at[&at], self.now);
        let result = wish(&mut self.hosts.get_mut(&life).unwrap().serf, now);
        self.carry_out(life);
        result
    }

    /// Lets time pass.
    pub(crate) fn run(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(next) = self.next_time().filter(|next| *next <= end) {
            self.now = self.now.max(next);
            self.step();
        }
        self.now = end;
    }

    /// Lets time pass until the condition holds; tells how long that took.
    pub(crate) fn until(&mut self, limit: Duration, what: &str, holds: impl Fn(&Self) -> bool) -> Duration {
        let began = self.now;
        while !holds(self) {
            let waited = self.now.since(began);
            assert!(waited < limit, "after {waited:?} not yet: {what}\n{}", self.history.join("\n"));
            self.run(Duration::from_millis(50));
        }
        self.now.since(began)
    }

    /// Whether every member that runs sees exactly `count` members, all of this status.
    pub(crate) fn agree_on(&self, count: usize, status: Status) -> bool {
        self.hosts.values().all(|host| {
            let is_size = host.serf.stats().members == count;
            is_size && host.serf.members().iter().all(|member| member.status == status)
        })
    }

    /// Whether every member that runs sees this one so.
    pub(crate) fn all_see(&self, name: &str, at: SocketAddr, status: Status) -> bool {
        self.hosts
            .values()
            .all(|host| host.serf.member(name).is_some_and(|member| member.address == at && member.status == status))
    }

    /// How often this appears in the history.
    pub(crate) fn count(&self, what: &str) -> usize {
        self.history.iter().filter(|line| line.contains(what)).count()
    }

    fn next_time(&self) -> Option<Instant> {
        let delivery = self.under_way.keys().next().map(|(at, _)| *at);
        let timer = self.timers.iter().next().map(|(at, _)| *at);
        delivery.into_iter().chain(timer).min()
    }

    fn step(&mut self) {
        let due = self.under_way.first_entry().filter(|entry| entry.key().0 <= self.now);
        if let Some(delivery) = due.map(|entry| entry.remove()) {
            return self.deliver(delivery);
        }
        let Some((_, life)) = self.timers.pop_first() else { return };
        let Some(host) = self.hosts.get_mut(&life) else { return };
        if host.paused {
            host.deadline = self.now + Duration::from_millis(100);
            self.timers.insert((host.deadline, life));
        } else {
            host.serf.tick(self.now);
            self.carry_out(life);
        }
    }

    fn deliver(&mut self, delivery: Delivery) {
        match delivery {
            Delivery::Packet { from, to, bytes } => {
                let Some(life) = self.running(to) else { return };
                self.hosts.get_mut(&life).unwrap().serf.receive(self.now, from, &bytes);
                self.carry_out(life);
            }
            Delivery::Asked { from, to, bytes, asker, ticket } => {
                let Some(life) = self.running(to) else {
                    let answer = Err(ExchangeError::Connection(std::io::ErrorKind::ConnectionRefused));
                    return self.soon(Delivery::Answered { asker, ticket, answer });
                };
                let message = StreamReader::new(b"").push(&bytes).unwrap().unwrap();
                let answer = self.hosts.get_mut(&life).unwrap().serf.serve(self.now, from, message);
                let answer = match answer {
                    Some(bytes) => Ok(StreamReader::new(b"").push(&bytes).unwrap().unwrap()),
                    None => Err(ExchangeError::Closed),
                };
                self.soon(Delivery::Answered { asker, ticket, answer });
                self.carry_out(life);
            }
            Delivery::Answered { asker, ticket, answer } => {
                if let Some(host) = self.hosts.get_mut(&asker) {
                    host.serf.conversed(self.now, ticket, answer);
                    self.carry_out(asker);
                }
            }
        }
    }

    fn running(&self, at: SocketAddr) -> Option<Life> {
        self.at.get(&at).copied().filter(|life| !self.hosts[life].paused)
    }

    fn carry_out(&mut self, life: Life) {
        let host = self.hosts.get_mut(&life).unwrap();
        let from = host.address;
        let transmits: Vec<Transmit> = std::iter::from_fn(|| host.serf.next_send()).collect();
        let events: Vec<Event> = std::iter::from_fn(|| host.serf.next_event()).collect();
        self.timers.remove(&(host.deadline, life));
        host.deadline = host.serf.deadline().max(self.now);
        self.timers.insert((host.deadline, life));
        let name = host.serf.local().name;
        self.history.extend(events.iter().map(|event| format!("{:?} {name}: {}", self.now, told(event))));
        for transmit in transmits {
            self.transmit(life, from, transmit);
        }
    }

    fn transmit(&mut self, life: Life, from: SocketAddr, transmit: Transmit) {
        let is_cut = |world: &Self, to: SocketAddr| world.islands.get(&from) != world.islands.get(&to);
        match transmit {
            Transmit::Packet { to, bytes } => {
                assert!(bytes.len() <= 1400, "a packet of {} bytes", bytes.len());
                if !is_cut(self, to) && !self.rng.chance(self.loss_percent, 100) {
                    self.soon(Delivery::Packet { from, to, bytes });
                }
            }
            Transmit::Stream { ticket, to, timeout, .. } if is_cut(self, to) => {
                let answer = Err(ExchangeError::TimedOut);
                self.at_time(self.now + timeout, Delivery::Answered { asker: life, ticket, answer });
            }
            Transmit::Stream { ticket, to, bytes, .. } => {
                self.soon(Delivery::Asked { from, to, bytes, asker: life, ticket });
            }
        }
    }

    fn soon(&mut self, delivery: Delivery) {
        let latency = Duration::from_micros(200) + self.rng.duration_below(Duration::from_millis(5));
        self.at_time(self.now + latency, delivery);
    }

    fn at_time(&mut self, at: Instant, delivery: Delivery) {
        self.sent += 1;
        self.under_way.insert((at, self.sent), delivery);
    }
}

/// An event in few words.
fn told(event: &Event) -> String {
    match event {
        Event::Joined(member) => format!("joined {}", member.name),
        Event::Updated(member) => format!("updated {} {}", member.name, member.address),
        Event::Wavered(member) => format!("wavered {} {}", member.name, member.status),
        Event::Failed(member) => format!("failed {}", member.name),
        Event::Left(member) => format!("left {}", member.name),
        Event::Reaped(member) => format!("reaped {}", member.name),
        Event::User(event) => format!("user event {}", event.name),
        Event::Noted(noted) => format!("{noted:?}").chars().take(90).collect(),
        other => format!("{other:?}"),
    }
}
