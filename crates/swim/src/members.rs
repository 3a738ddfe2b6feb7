//! Everybody else who is known, and the order in which they are probed. Decides nothing about anybody's state.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use proconsul_base::rand::Rng;
use proconsul_base::time::Instant;

use crate::Name;
use crate::wire::message::{Alive, Vsn};
use crate::wire::push_pull::{NodeState, State};

/// A member as it is known here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub name: Name,
    /// Where it is.
    pub address: SocketAddr,
    /// For the layer above.
    pub meta: Vec<u8>,
    /// What it speaks.
    pub vsn: Vsn,
    /// The newest known.
    pub incarnation: u32,
    /// What it is believed to be.
    pub state: State,
    /// Since when.
    pub since: Instant,
}

impl Node {
    /// Alive or only suspected.
    pub fn is_present(&self) -> bool {
        matches!(self.state, State::Alive | State::Suspect)
    }

    /// The newest memberlist protocol it understands.
    pub const fn protocol_max(&self) -> u8 {
        self.vsn[1]
    }

    /// What it would say about itself.
    pub fn alive(&self) -> Alive {
        Alive {
            incarnation: self.incarnation,
            node: self.name.to_string(),
            address: self.address,
            meta: self.meta.clone(),
            vsn: self.vsn,
        }
    }

    /// As it is told in a state exchange.
    pub fn told(&self) -> NodeState {
        NodeState {
            node: self.name.to_string(),
            address: self.address,
            meta: self.meta.clone(),
            incarnation: self.incarnation,
            state: self.state,
            vsn: self.vsn,
        }
    }
}

/// All other members by name, with the probing order.
#[derive(Clone, Debug, Default)]
pub struct Members {
    nodes: BTreeMap<Name, Node>,
    /// Random, renewed when it has been gone through (SWIM paper §4.3).
    round: Vec<Name>,
    next: usize,
}

impl Members {
    /// Adds a new member, or replaces the one of that name. A new one gets a random place in the probing order.
    pub fn insert(&mut self, node: Node, rng: &mut Rng) {
        let name = node.name.clone();
        if self.nodes.insert(name.clone(), node).is_none() {
            let place = rng.place(self.round.len() + 1);
            self.round.insert(place, name);
        }
    }

    /// The member of this name.
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.nodes.get(name)
    }

    /// The member of this name, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Node> {
        self.nodes.get_mut(name)
    }

    /// All members, ordered by name.
    pub fn iter(&self) -> impl Iterator<Item = &Node> + Clone {
        self.nodes.values()
    }

    /// How many are known, present or not.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether nobody is known.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The next member to probe. At the end of a round the long gone are forgotten and the order is renewed.
    pub fn next_to_probe(&mut self, now: Instant, forget_after: Duration, rng: &mut Rng) -> Option<&Node> {
        for _ in 0..=self.round.len() {
            if self.next >= self.round.len() {
                self.begin_round(now, forget_after, rng);
            }
            let name = self.round.get(self.next)?.clone();
            self.next += 1;
            if self.nodes.get(&name).is_some_and(Node::is_present) {
                return self.nodes.get(&name);
            }
        }
        None
    }

    fn begin_round(&mut self, now: Instant, forget_after: Duration, rng: &mut Rng) {
        self.nodes.retain(|_, node| node.is_present() || now.since(node.since) <= forget_after);
        self.round.retain(|name| self.nodes.contains_key(name));
        rng.shuffle(&mut self.round);
        self.next = 0;
    }

    /// Up to `count` different members that fit, at random.
    pub fn sample(&self, count: usize, rng: &mut Rng, fits: impl Fn(&Node) -> bool) -> Vec<&Node> {
        let mut chosen: Vec<&Node> = Vec::with_capacity(count);
        // As memberlist does: three tries per member, so that a pool of the unfit costs little.
        for _ in 0..self.round.len().saturating_mul(3) {
            if chosen.len() == count {
                break;
            }
            let Some(node) = self.nodes.get(&self.round[rng.place(self.round.len())]) else { continue };
            if fits(node) && !chosen.iter().any(|other| other.name == node.name) {
                chosen.push(node);
            }
        }
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(name: &str, state: State) -> Node {
        Node {
            name: name.into(),
            address: "127.0.0.1:1".parse().unwrap(),
            meta: vec![],
            vsn: [1, 5, 2, 2, 5, 4],
            incarnation: 1,
            state,
            since: Instant::ZERO,
        }
    }

    fn members(rng: &mut Rng) -> Members {
        let mut members = Members::default();
        for name in ["a", "b", "c", "d"] {
            members.insert(node(name, State::Alive), rng);
        }
        members.insert(node("dead", State::Dead), rng);
        members
    }

    #[test]
    fn each_round_probes_everybody_present_once() {
        let rng = &mut Rng::seeded(1);
        let mut members = members(rng);
        for _ in 0..20 {
            let mut probed: Vec<Name> = (0..4)
                .filter_map(|_| Some(members.next_to_probe(Instant::ZERO, Duration::MAX, rng)?.name.clone()))
                .collect();
            probed.sort();
            assert_eq!(probed.iter().map(|name| &**name).collect::<Vec<_>>(), ["a", "b", "c", "d"]);
        }
    }

    #[test]
    fn the_long_gone_are_forgotten_at_the_end_of_a_round() {
        let rng = &mut Rng::seeded(2);
        let mut members = members(rng);
        let later = Instant::ZERO + Duration::from_secs(31);
        for _ in 0..10 {
            members.next_to_probe(later, Duration::from_secs(30), rng);
        }
        assert!(members.get("dead").is_none());
        assert_eq!(members.len(), 4);
    }

    #[test]
    fn alone_nobody_is_probed() {
        let rng = &mut Rng::seeded(3);
        let mut members = Members::default();
        assert!(members.next_to_probe(Instant::ZERO, Duration::MAX, rng).is_none());
    }

    #[test]
    fn a_sample_holds_different_members_that_fit() {
        let rng = &mut Rng::seeded(4);
        let members = members(rng);
        for _ in 0..50 {
            let mut names: Vec<_> =
                members.sample(3, rng, |node| node.is_present()).into_iter().map(|node| node.name.clone()).collect();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), 3);
            assert!(!names.iter().any(|name| &**name == "dead"));
        }
    }
}
