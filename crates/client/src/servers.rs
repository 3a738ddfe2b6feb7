//! The servers in the order in which this agent turns to them. Decides only: knows no connection and no gossip.
//!
//! The first is the one in use. A server that failed goes to the end; now and then all are put in a new order, so that the
//! agents of a datacenter spread over its servers. Numbers and rules are those of Consul's `agent/router`.

use std::net::SocketAddr;
use std::time::Duration;

use proconsul_base::rand::Rng;

/// How long an agent stays with a server at least, before the stagger.
const STAY: Duration = Duration::from_secs(120);

/// The stagger: up to this much more.
const STAGGER: Duration = Duration::from_secs(60);

/// So many agents may turn to another server in one second, for each server there is.
const TURNS_PER_SECOND: f64 = 64.0;

/// One server, as gossip tells of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
    /// Its node's name, unique in the datacenter.
    pub name: String,
    /// Where it answers RPC.
    pub address: SocketAddr,
}

/// The known servers, in order.
#[derive(Debug)]
pub struct Servers {
    order: Vec<Member>,
    rng: Rng,
}

impl Servers {
    /// None yet; the generator makes this agent's order another than that of others.
    pub fn new(rng: Rng) -> Self {
        Self { order: Vec::new(), rng }
    }

    /// The server in use.
    pub fn current(&self) -> Option<&Member> {
        self.order.first()
    }

    /// All of them, the one in use first.
    pub fn all(&self) -> &[Member] {
        &self.order
    }

    /// What gossip sees now. The order of those that stay is kept; a new one takes any place, also the first: so a server that
    /// comes back gets its share of agents without waiting for their next turn.
    pub fn see(&mut self, seen: impl IntoIterator<Item = Member>) {
        let mut seen: Vec<Member> = seen.into_iter().collect();
        self.order.retain_mut(|known| match seen.iter().position(|member| member.name == known.name) {
            Some(at) => {
                *known = seen.swap_remove(at);
                true
            }
            None => false,
        });
        seen.sort();
        for member in seen {
            let place = self.rng.place(self.order.len() + 1);
            self.order.insert(place, member);
        }
    }

    /// A call to this server failed: when it is the one in use, the next one's turn comes. Calls that were under way together
    /// fail together, and only the first of them turns the order.
    pub fn failed(&mut self, name: &str) {
        if self.order.len() > 1 && self.order.first().is_some_and(|first| first.name == name) {
            self.order.rotate_left(1);
        }
    }

    /// A new order in which to look for the next server to use.
    pub fn shuffled(&mut self) -> Vec<Member> {
        let mut order = self.order.clone();
        self.rng.shuffle(&mut order);
        order
    }

    /// Turns to this server, which has been found alive; those that were tried before it go to the end.
    pub fn turn_to(&mut self, name: &str) {
        if let Some(at) = self.order.iter().position(|member| member.name == name) {
            self.order.rotate_left(at);
        }
    }

    /// How long until the next turn, in a pool of so many members: between two and three minutes, longer when so many agents
    /// would turn more often than the servers should have to bear.
    pub fn next_turn(&mut self, members: usize) -> Duration {
        let stay = STAY + self.rng.duration_below(STAGGER);
        let rate = TURNS_PER_SECOND * self.order.len().max(1) as f64;
        stay.max(Duration::from_secs_f64(members as f64 / rate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(number: u16) -> Member {
        Member { name: format!("s{number}"), address: SocketAddr::from(([192, 0, 2, 1], number)) }
    }

    fn three(seed: u64) -> Servers {
        let mut servers = Servers::new(Rng::seeded(seed));
        servers.see([member(1), member(2), member(3)]);
        servers
    }

    fn names(servers: &Servers) -> Vec<&str> {
        servers.all().iter().map(|member| &*member.name).collect()
    }

    #[test]
    fn agents_begin_with_different_servers() {
        let first = |seed| three(seed).current().map(|member| member.name.clone());
        for server in ["s1", "s2", "s3"] {
            let chosen = (0..300).filter(|&seed| first(seed).as_deref() == Some(server)).count();
            assert!((60..140).contains(&chosen), "{server} was chosen {chosen} times of 300");
        }
    }

    #[test]
    fn what_gossip_sees_again_keeps_its_place_and_takes_its_new_address() {
        let mut servers = three(1);
        let before: Vec<String> = names(&servers).into_iter().map(str::to_owned).collect();
        let moved = Member { address: SocketAddr::from(([192, 0, 2, 9], 1)), ..member(1) };
        servers.see([member(3), moved.clone(), member(2)]);
        assert_eq!(names(&servers), before);
        assert!(servers.all().contains(&moved));
        servers.see([member(2)]);
        assert_eq!(names(&servers), ["s2"]);
    }

    #[test]
    fn a_server_that_failed_is_turned_away_from_once() {
        let mut servers = three(1);
        let [first, second, third] = [0, 1, 2].map(|at| servers.all()[at].name.clone());
        servers.failed(&first);
        servers.failed(&first);
        assert_eq!(names(&servers), [&*second, &*third, &*first]);
        servers.failed(&third);
        assert_eq!(names(&servers), [&*second, &*third, &*first]);
        let mut alone = Servers::new(Rng::seeded(1));
        alone.see([member(1)]);
        alone.failed("s1");
        assert_eq!(names(&alone), ["s1"]);
    }

    #[test]
    fn a_new_server_is_found_by_its_share_of_agents_at_once() {
        let turned = (0..400).filter(|&seed| {
            let mut servers = three(seed);
            servers.see([1, 2, 3, 4].map(member));
            servers.current() == Some(&member(4))
        });
        let turned = turned.count();
        assert!((60..140).contains(&turned), "{turned} of 400 agents turned to the new server");
    }

    #[test]
    fn agents_turn_every_two_to_three_minutes_and_less_often_when_they_are_many() {
        let mut servers = three(1);
        for members in [1, 100, 20_000] {
            let seconds = servers.next_turn(members).as_secs();
            assert!((120..=180).contains(&seconds), "{members} members turn after {seconds} s");
        }
        // 64 turns in a second for each of three servers.
        assert_eq!(servers.next_turn(192_000).as_secs(), 1000);
    }
}
