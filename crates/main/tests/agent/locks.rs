//! Clients that fight for one lock while leaders are killed: never two of them hold it, and who holds it does not lose it but by
//! giving it back or by the end of its session.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread;

use proconsul_base::rand::Rng;

use super::support::cluster::Cluster;
use super::support::http::{self, Response, text};
use super::support::wait::wait_until;

const CLIENTS: u64 = 2;
const KILLS: usize = 2;
const LOCK: &str = "/v1/kv/the/lock";

/// What all clients share.
#[derive(Default)]
struct World {
    servers: Vec<SocketAddr>,
    /// Orders what all clients know.
    order: AtomicU64,
    held: AtomicUsize,
    over: AtomicBool,
}

/// A time in which a client surely held the lock: from when it knew until it began to give it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Hold {
    from: u64,
    until: u64,
    /// How often the lock had been taken then.
    count: u64,
}

/// Ends all clients when dropped, also by a failure in between.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_lock_has_one_holder_and_is_not_lost_while_leaders_are_killed() {
    let mut cluster = Cluster::of_three_with_a_leader();
    let world = World { servers: cluster.http(), ..World::default() };
    world.done(&mut Rng::seeded(0), "/v1/catalog/register", r#"{"Node":"clients","Address":"192.0.2.1"}"#);
    let mut holds: Vec<Hold> = thread::scope(|scope| {
        let over = Over(&world.over);
        let client = |seed| {
            let world = &world;
            scope.spawn(move || world.client(Rng::seeded(seed)))
        };
        let clients: Vec<_> = (1..=CLIENTS).map(client).collect();
        for _ in 0..KILLS {
            world.goes_on_for(40);
            let leader = cluster.leader();
            cluster.servers[leader].kill();
            world.goes_on_for(20);
            cluster.start(leader);
        }
        world.goes_on_for(40);
        drop(over);
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    });
    holds.sort();
    for pair in holds.windows(2) {
        assert!(pair[0].until < pair[1].from, "two clients held the lock at a time: {pair:?}");
        assert!(pair[0].count < pair[1].count, "the lock was not counted when it changed hands: {pair:?}");
    }
}

impl World {
    /// Waits until the lock has been taken so often again.
    fn goes_on_for(&self, holds: usize) {
        let goal = self.held.load(Ordering::Relaxed) + holds;
        wait_until("clients hold the lock in turn", || match self.held.load(Ordering::Relaxed) {
            enough if enough >= goal => Ok(()),
            fewer => Err(format!("{fewer} of {goal}")),
        });
    }

    /// Takes the lock, looks that it is there, gives it back or not, and ends the session, again and again.
    fn client(&self, mut rng: Rng) -> Vec<Hold> {
        let (mut holds, mut session) = (Vec::new(), self.session(&mut rng));
        while !self.over.load(Ordering::Relaxed) {
            let _ = self.put(&mut rng, &format!("{LOCK}?acquire={session}"), "held");
            if !self.is_mine(&mut rng, &session).0 {
                continue;
            }
            let from = self.order.fetch_add(1, Ordering::SeqCst);
            let (mine, count) = self.is_mine(&mut rng, &session);
            assert!(mine, "{session} lost the lock");
            holds.push(Hold { from, until: self.order.fetch_add(1, Ordering::SeqCst), count });
            self.held.fetch_add(1, Ordering::Relaxed);
            if rng.chance(1, 2) {
                self.release(&mut rng, &session);
            }
            // What was asked for this session and lost may still be done: it must not meet the next time the lock is held.
            self.done(&mut rng, &format!("/v1/session/destroy/{session}"), "");
            session = self.session(&mut rng);
        }
        holds
    }

    /// A new session without a lock-delay. One whose id was lost on the way holds nothing.
    fn session(&self, rng: &mut Rng) -> String {
        let body = r#"{"Node":"clients","NodeChecks":[],"LockDelay":"0s"}"#;
        loop {
            if let Some(answer) = self.put(rng, "/v1/session/create", body).filter(|answer| answer.status == 200) {
                return text(&answer.json()["ID"]);
            }
        }
    }

    /// Whether this session holds the lock, and how often it had been taken then.
    fn is_mine(&self, rng: &mut Rng, session: &str) -> (bool, u64) {
        loop {
            let server = self.servers[rng.place(self.servers.len())];
            match http::get(server, &format!("{LOCK}?consistent")) {
                Ok(answer) if answer.status == 200 => {
                    let entry = &answer.json()[0];
                    let count = entry["LockIndex"].as_u64().expect("a number");
                    return (entry["Session"] == session, count);
                }
                Ok(answer) if answer.status == 404 => return (false, 0),
                // Without a leader nobody knows.
                _ => {}
            }
        }
    }

    /// Gives the lock back, however often it must be said.
    fn release(&self, rng: &mut Rng, session: &str) {
        loop {
            let answer = self.put(rng, &format!("{LOCK}?release={session}"), "free");
            if answer.is_some_and(|answer| answer.is_done()) || !self.is_mine(rng, session).0 {
                return;
            }
        }
    }

    /// Has something done that may be done twice.
    fn done(&self, rng: &mut Rng, path: &str, body: &str) {
        while !self.put(rng, path, body).is_some_and(|answer| answer.is_done()) {}
    }

    /// Asks any server; nothing when no answer came.
    fn put(&self, rng: &mut Rng, path: &str, body: &str) -> Option<Response> {
        http::put(self.servers[rng.place(self.servers.len())], path, body).ok()
    }
}
