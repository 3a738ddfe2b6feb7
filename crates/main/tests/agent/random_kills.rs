//! Three servers and three client agents of which any may be killed at any time: what was registered comes back, what was
//! acknowledged stays.
//!
//! A short run is part of all tests. `PROCONSUL_KILL_MINUTES=10 cargo test -p proconsul --test agent random_kills` goes on for
//! ten minutes; `PROCONSUL_KILL_SEED` repeats the choices of a run.

use std::collections::BTreeSet;
use std::env;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use proconsul_base::rand::Rng;
use serde_json::json;

use super::support::client::Client;
use super::support::cluster::Cluster;
use super::support::http;
use super::support::load::Load;
use super::support::wait::wait_until;

/// The rounds of the short run.
const ROUNDS: u32 = 6;

#[test]
fn registrations_and_acknowledged_writes_outlive_kills_of_any_agents() {
    let seed = number("PROCONSUL_KILL_SEED").unwrap_or_else(|| RandomState::new().build_hasher().finish());
    println!("PROCONSUL_KILL_SEED={seed}");
    let mut world = World::new(Rng::seeded(seed));
    let load = Load::start(&world.cluster.http(), 2);
    let until = number("PROCONSUL_KILL_MINUTES").map(|minutes| Instant::now() + Duration::from_secs(60 * minutes));
    let mut rounds = 0;
    while until.map_or(rounds < ROUNDS, |until| Instant::now() < until) {
        world.round();
        load.goes_on_for(10);
        rounds += 1;
    }
    world.all_is_registered();
    let written = load.stop();
    println!("{rounds} rounds, {} kills, {} writes acknowledged", world.kills, written.acknowledged.len());
    written.assert_kept(world.cluster.servers[world.cluster.leader()].http());
}

fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok()?.parse().ok()
}

struct World {
    rng: Rng,
    cluster: Cluster,
    clients: Vec<Client>,
    /// What each client agent was told to hold, and has acknowledged.
    registered: Vec<BTreeSet<String>>,
    kills: u32,
    named: u32,
}

impl World {
    fn new(rng: Rng) -> Self {
        let cluster = Cluster::of_three_with_a_leader();
        let clients: Vec<Client> =
            (1..=3).map(|number| Client::of(&cluster, &format!("c{number}"), 10 + number)).collect();
        let registered = vec![BTreeSet::new(); clients.len()];
        let mut world = Self { rng, cluster, clients, registered, kills: 0, named: 0 };
        for place in 0..world.clients.len() {
            world.register(place);
        }
        world
    }

    /// Kills one agent or two, whichever they are, with a registration in between, and starts them again.
    fn round(&mut self) {
        let mut victims: Vec<usize> = (0..6).collect();
        self.rng.shuffle(&mut victims);
        victims.truncate(1 + self.rng.place(2));
        for &victim in &victims {
            match victim.checked_sub(3) {
                None => self.cluster.servers[victim].kill(),
                Some(client) => self.clients[client].kill(),
            }
            self.kills += 1;
        }
        let lives = |client: &usize| !victims.contains(&(client + 3));
        let lives: Vec<usize> = (0..3).filter(lives).collect();
        if !lives.is_empty() {
            let place = lives[self.rng.place(lives.len())];
            self.register(place);
        }
        let servers: Vec<_> = self.cluster.servers.iter().map(|server| server.address).collect();
        for victim in victims {
            match victim.checked_sub(3) {
                None => self.cluster.start(victim),
                Some(client) => self.clients[client].start(&servers),
            }
        }
    }

    /// Tells a client agent to hold one more service, which is acknowledged whether there is a leader or not.
    fn register(&mut self, place: usize) {
        self.named += 1;
        let name = format!("service{}", self.named);
        let body = json!({ "Name": name, "Port": 80, "Check": { "TTL": "24h" } }).to_string();
        let agent = self.clients[place].http();
        wait_until("the client agent takes a registration", || {
            match http::put(agent, "/v1/agent/service/register", &body) {
                Ok(answer) if answer.status == 200 => Ok(()),
                other => Err(format!("{other:?}")),
            }
        });
        self.registered[place].insert(name);
    }

    /// Waits until every server's catalog says of every client agent what that was told to hold.
    fn all_is_registered(&self) {
        for server in self.cluster.http() {
            for (client, held) in self.clients.iter().zip(&self.registered) {
                wait_until("the catalog has all registrations of the agent", || {
                    let found = services(server, &client.name)?;
                    let missing: Vec<&String> = held.difference(&found).collect();
                    if missing.is_empty() { Ok(()) } else { Err(format!("{}: without {missing:?}", client.name)) }
                });
            }
        }
    }
}

/// The services on a node, with their checks.
fn services(server: SocketAddr, node: &str) -> Result<BTreeSet<String>, String> {
    let answer = http::get(server, &format!("/v1/health/node/{node}")).map_err(|failure| failure.to_string())?;
    if answer.status != 200 {
        return Err(answer.body);
    }
    let checks = answer.json();
    let named = checks.as_array().into_iter().flatten().map(|check| &check["ServiceName"]);
    Ok(named.filter_map(|name| name.as_str().map(str::to_owned)).collect())
}
