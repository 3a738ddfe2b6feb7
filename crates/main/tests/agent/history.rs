//! Everything at once: clients that write, read and exchange a few keys while leaders are killed, and what they saw is judged.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread;

use proconsul_base::rand::Rng;

use super::linear::register::{Call, Register};
use super::linear::{self, Operation};
use super::support::cluster::Cluster;
use super::support::http::{self, Failure, Response};
use super::support::wait::wait_until;

const CLIENTS: u64 = 4;
const KEYS: usize = 3;
const KILLS: usize = 2;

/// What all clients share.
#[derive(Default)]
struct World {
    servers: Vec<SocketAddr>,
    /// Orders all calls and answers.
    order: AtomicU64,
    /// No value is written twice.
    values: AtomicU64,
    answered: AtomicUsize,
    over: AtomicBool,
}

/// Ends all clients when dropped, also by a failure in between.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

type Seen = Vec<(usize, Operation<Call>)>;

#[test]
fn what_clients_saw_while_leaders_were_killed_is_linearizable() {
    let mut cluster = Cluster::of_three_with_a_leader();
    let world = World { servers: cluster.http(), ..World::default() };
    let seen: Seen = thread::scope(|scope| {
        let over = Over(&world.over);
        let client = |seed| {
            let world = &world;
            scope.spawn(move || world.client(Rng::seeded(seed)))
        };
        let clients: Vec<_> = (0..CLIENTS).map(client).collect();
        for _ in 0..KILLS {
            world.goes_on_for(150);
            let leader = cluster.leader();
            cluster.servers[leader].kill();
            world.goes_on_for(50);
            cluster.start(leader);
        }
        world.goes_on_for(150);
        drop(over);
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    });
    for key in 0..KEYS {
        let history: Vec<_> =
            seen.iter().filter(|(of, _)| *of == key).map(|(_, operation)| operation.clone()).collect();
        if let Err(contradiction) = linear::check(Register::default(), &history) {
            panic!("key {key}, {} operations: {contradiction}", history.len());
        }
    }
}

impl World {
    /// Waits until so many more questions have been answered.
    fn goes_on_for(&self, answers: usize) {
        let goal = self.answered.load(Ordering::Relaxed) + answers;
        wait_until("clients are answered", || match self.answered.load(Ordering::Relaxed) {
            enough if enough >= goal => Ok(()),
            fewer => Err(format!("{fewer} of {goal}")),
        });
    }

    fn client(&self, mut rng: Rng) -> Seen {
        let mut seen = Seen::new();
        while !self.over.load(Ordering::Relaxed) {
            let (server, key) = (self.servers[rng.place(self.servers.len())], rng.place(KEYS));
            match rng.below(3) {
                0 => self.write(&mut seen, server, key),
                1 => drop(self.read(&mut seen, server, key)),
                _ => self.exchange(&mut seen, server, key),
            }
        }
        seen
    }

    fn write(&self, seen: &mut Seen, server: SocketAddr, key: usize) {
        let value = self.values.fetch_add(1, Ordering::Relaxed);
        let put = || http::put(server, &format!("/v1/kv/register/{key}"), &value.to_string());
        self.record(seen, key, put, |answer| match answer {
            None => Some(Call::Write(value)),
            Some(answer) => answer.is_done().then_some(Call::Write(value)),
        });
    }

    /// The value that was read, and the index to exchange it by.
    fn read(&self, seen: &mut Seen, server: SocketAddr, key: usize) -> Option<(Option<u64>, u64)> {
        let mut found = None;
        let get = || http::get(server, &format!("/v1/kv/register/{key}?consistent"));
        self.record(seen, key, get, |answer| {
            let read = entry(answer?)?;
            found = Some(read);
            Some(Call::Read(read.0))
        });
        found
    }

    fn exchange(&self, seen: &mut Seen, server: SocketAddr, key: usize) {
        let Some((expected, index)) = self.read(seen, server, key) else { return };
        let value = self.values.fetch_add(1, Ordering::Relaxed);
        let put = || http::put(server, &format!("/v1/kv/register/{key}?cas={index}"), &value.to_string());
        self.record(seen, key, put, |answer| {
            let done = match answer {
                Some(answer) if answer.status != 200 => return None,
                Some(answer) => answer.is_done(),
                None => true,
            };
            Some(Call::Exchange { expected, value, done })
        });
    }

    /// Asks, and remembers question and answer as the one call that they are. `meaning` of no answer is what may have happened.
    fn record(
        &self,
        seen: &mut Seen,
        key: usize,
        ask: impl FnOnce() -> Result<Response, Failure>,
        mut meaning: impl FnMut(Option<&Response>) -> Option<Call>,
    ) {
        let begin = self.order.fetch_add(1, Ordering::SeqCst);
        let answer = match ask() {
            Err(Failure::Refused) => return,
            Err(Failure::Lost(_)) => None,
            Ok(answer) => Some(answer),
        };
        let end = self.order.fetch_add(1, Ordering::SeqCst);
        let known = answer.as_ref().and_then(|answer| meaning(Some(answer)));
        self.answered.fetch_add(usize::from(known.is_some()), Ordering::Relaxed);
        let end = known.is_some().then_some(end);
        // An error is no promise that nothing happened.
        seen.extend(known.or_else(|| meaning(None)).map(|call| (key, Operation { call, begin, end })));
    }
}

/// What a read has found: the value and its index, or that there is no such key.
fn entry(answer: &Response) -> Option<(Option<u64>, u64)> {
    match answer.status {
        404 => Some((None, 0)),
        200 => {
            let found = &answer.json()[0];
            let value = http::value(found).parse().expect("only numbers are written");
            Some((Some(value), found["ModifyIndex"].as_u64().expect("an index")))
        }
        _ => None,
    }
}
