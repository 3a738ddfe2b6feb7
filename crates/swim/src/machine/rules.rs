//! Who is believed: alive, suspect, dead and left messages against what is known (SWIM paper §4.2, memberlist's order).
//!
//! One rule is ours: a member whose address changed is accepted at once when it is the same node, or when its old address
//! does not answer; memberlist would wait for the reclaim time.

use proconsul_base::limit::GOSSIP_STREAM_NODES;
use proconsul_base::time::Instant;

use super::{Leaving, Swim};
use crate::event::{Event, Upper};
use crate::members::Node;
use crate::suspicion::Bounds;
use crate::wire::message::{Accusation, Alive, Message};
use crate::wire::push_pull::{NodeState, State};

/// What an alive message may do to a member that is known.
enum Claim {
    /// It may replace what is known if it is newer.
    Newer,
    /// It may replace what is known in any case: the name is free.
    Free,
    /// It is an outdated word of the same node.
    Outdated,
    /// Another node claims the name.
    Conflict,
}

impl Swim {
    pub(super) fn on_alive(&mut self, now: Instant, alive: Alive, upper: &dyn Upper) {
        if *alive.node == *self.local.name {
            return self.on_alive_about_us(now, &alive, upper);
        }
        let Some(known) = self.others.get(&alive.node) else { return self.welcome(now, alive) };
        match self.claim(now, known, &alive, upper) {
            Claim::Newer if alive.incarnation <= known.incarnation => {}
            Claim::Newer | Claim::Free => self.renew(now, alive),
            Claim::Outdated => {}
            Claim::Conflict => {
                let known = known.clone();
                self.events.push_back(Event::Conflict { known, other: alive.address });
            }
        }
    }

    fn claim(&self, now: Instant, known: &Node, alive: &Alive, upper: &dyn Upper) -> Claim {
        if known.address == alive.address {
            return Claim::Newer;
        }
        let reclaimable = known.state == State::Dead && now.since(known.since) > self.timing.reclaim_after;
        if known.state == State::Left || reclaimable {
            return Claim::Free;
        }
        let is_newer = alive.incarnation > known.incarnation;
        match (upper.same_node(&known.meta, &alive.meta), known.state) {
            (true, _) if is_newer => Claim::Newer,
            (true, _) => Claim::Outdated,
            (false, State::Dead | State::Suspect) if is_newer => Claim::Newer,
            (false, _) => Claim::Conflict,
        }
    }

    /// Somebody says who we are: an earlier life of ours, whose incarnation we must exceed, or a rival.
    fn on_alive_about_us(&mut self, now: Instant, alive: &Alive, upper: &dyn Upper) {
        if self.leaving != Leaving::No {
            return;
        }
        if alive.address != self.local.address && !upper.same_node(&alive.meta, &self.local.meta) {
            let known = self.local.clone();
            self.events.push_back(Event::Conflict { known, other: alive.address });
            // If the rival is only the memory of one who is gone, the others will find out soon: ask again, to contradict then.
            self.push_pull_at = self.push_pull_at.min(now + self.timing.probe_interval * 2);
            return;
        }
        if alive.incarnation > self.local.incarnation
            || (alive.incarnation == self.local.incarnation && *alive != self.local.alive())
        {
            // An echo of an earlier life says nothing about our health.
            self.refute(alive.incarnation);
        }
    }

    fn welcome(&mut self, now: Instant, alive: Alive) {
        if self.others.len() >= GOSSIP_STREAM_NODES {
            return;
        }
        let node = Node {
            name: alive.node.as_str().into(),
            address: alive.address,
            meta: alive.meta.clone(),
            vsn: alive.vsn,
            incarnation: alive.incarnation,
            state: State::Alive,
            since: now,
        };
        self.news.push(Some(node.name.clone()), Message::Alive(alive).encode());
        self.others.insert(node.clone(), &mut self.rng);
        self.events.push_back(Event::Joined(node));
    }

    /// What a known member says about itself now holds.
    fn renew(&mut self, now: Instant, alive: Alive) {
        let Some(node) = self.others.get_mut(&alive.node) else { return };
        self.suspicions.end(&alive.node);
        let was_gone = !node.is_present();
        let is_changed = node.meta != alive.meta || node.address != alive.address;
        if node.state != State::Alive {
            node.state = State::Alive;
            node.since = now;
        }
        node.incarnation = alive.incarnation;
        node.address = alive.address;
        node.vsn = alive.vsn;
        node.meta.clone_from(&alive.meta);
        let (name, node) = (node.name.clone(), node.clone());
        self.news.push(Some(name), Message::Alive(alive).encode());
        if was_gone {
            self.events.push_back(Event::Joined(node));
        } else if is_changed {
            self.events.push_back(Event::Updated(node));
        }
    }

    pub(super) fn on_suspect(&mut self, now: Instant, accusation: Accusation) {
        if *accusation.node == *self.local.name {
            return self.on_accused(&accusation);
        }
        let members = self.members();
        let Some(node) = self.others.get_mut(&accusation.node) else { return };
        if accusation.incarnation < node.incarnation {
            return;
        }
        let name = node.name.clone();
        if self.suspicions.is_suspect(&name) {
            if self.suspicions.confirm(&name, &accusation.from) {
                self.news.push(Some(name), Message::Suspect(accusation).encode());
            }
            return;
        }
        if node.state != State::Alive {
            return;
        }
        node.incarnation = accusation.incarnation;
        node.state = State::Suspect;
        node.since = now;
        let timing = &self.timing;
        let (multiplier, factor) = (timing.suspicion_multiplier, timing.suspicion_maximum_factor);
        let bounds = Bounds::new(multiplier, factor, members, timing.probe_interval);
        self.suspicions.begin(now, &name, &accusation.from, bounds);
        self.news.push(Some(name.clone()), Message::Suspect(accusation).encode());
        self.events.push_back(Event::Suspected(name));
    }

    pub(super) fn on_dead(&mut self, now: Instant, accusation: Accusation) {
        if *accusation.node == *self.local.name {
            return self.on_accused(&accusation);
        }
        let Some(node) = self.others.get_mut(&accusation.node) else { return };
        if accusation.incarnation < node.incarnation {
            return;
        }
        self.suspicions.end(&accusation.node);
        if !node.is_present() {
            return;
        }
        node.incarnation = accusation.incarnation;
        node.state = if accusation.node == accusation.from { State::Left } else { State::Dead };
        node.since = now;
        let node = node.clone();
        self.news.push(Some(node.name.clone()), Message::Dead(accusation).encode());
        self.events.push_back(if node.state == State::Left { Event::Left(node) } else { Event::Failed(node) });
    }

    /// A suspect did not refute in time.
    pub(super) fn declare_dead(&mut self, now: Instant, name: &str) {
        if let Some(node) = self.others.get(name).filter(|node| node.state == State::Suspect) {
            let accusation = self.accusation_of(node);
            self.on_dead(now, accusation);
        }
    }

    pub(super) fn accusation_of(&self, node: &Node) -> Accusation {
        Accusation { incarnation: node.incarnation, node: node.name.to_string(), from: self.local.name.to_string() }
    }

    /// Somebody missed our answers: perhaps it is us who are slow.
    fn on_accused(&mut self, accusation: &Accusation) {
        if self.leaving == Leaving::No && accusation.incarnation >= self.local.incarnation {
            self.awareness.worse(1);
            self.refute(accusation.incarnation);
        }
    }

    fn refute(&mut self, claimed: u32) {
        self.local.incarnation = claimed.max(self.local.incarnation).saturating_add(1);
        self.announce_local();
        self.events.push_back(Event::Refuted { incarnation: self.local.incarnation });
    }

    /// Another member's whole state. Its dead are only suspects here, so that they can refute; who left has left.
    pub(super) fn merge(&mut self, now: Instant, nodes: Vec<NodeState>, upper: &dyn Upper) {
        for told in nodes {
            let accusation = |from: &str| Accusation {
                incarnation: told.incarnation,
                node: told.node.clone(),
                from: from.to_owned(),
            };
            match told.state {
                State::Alive => self.on_alive(now, alive_of(told), upper),
                State::Left => self.on_dead(now, accusation(&told.node)),
                State::Dead | State::Suspect => self.on_suspect(now, accusation(&self.local.name)),
            }
        }
    }
}

fn alive_of(told: NodeState) -> Alive {
    let NodeState { node, address, meta, incarnation, vsn, .. } = told;
    Alive { incarnation, node, address, meta, vsn }
}

#[cfg(test)]
mod tests;
