//! Everybody's status: what swim sees of presence, put together with what members intend.
//!
//! Knows no message and no address book; it is told what happened and answers with what that means.

use std::collections::BTreeMap;
use std::time::Duration;

use proconsul_base::time::Instant;
use proconsul_swim::{Name, Node};

use crate::event::Event;
use crate::intent::{Intent, Intents};
use crate::lamport::Time;
use crate::member::{Member, Status, Versions};
use crate::tags;
use crate::wire::{Join, Leave};

/// One member with what decides about its status.
#[derive(Clone, Debug)]
struct Record {
    member: Member,
    /// Of the last intent that counted.
    time: Time,
    /// When it failed or left.
    gone_at: Instant,
    /// To be forgotten as soon as it has left.
    prune: bool,
}

/// What an intent came to.
#[derive(Debug, Default)]
pub struct Heard {
    /// Whether it is to be passed on.
    pub is_news: bool,
    /// What it changed.
    pub events: Vec<Event>,
}

impl Heard {
    const fn news(events: Vec<Event>) -> Self {
        Self { is_news: true, events }
    }
}

/// Everybody who is known, this member too.
#[derive(Debug, Default)]
pub struct Roster {
    records: BTreeMap<Name, Record>,
    intents: Intents,
    changes: u64,
}

/// A member as swim sees it; alive until more is known.
pub fn member_of(node: &Node) -> Member {
    let [min, max, current, delegate_min, delegate_max, delegate_current] = node.vsn;
    Member {
        name: node.name.clone(),
        address: node.address,
        tags: tags::decode(&node.meta),
        status: Status::Alive,
        protocol: Versions { min, max, current },
        delegate: Versions { min: delegate_min, max: delegate_max, current: delegate_current },
        incarnation: node.incarnation,
    }
}

impl Roster {
    /// Everybody, ordered by name.
    pub fn iter(&self) -> impl Iterator<Item = &Member> {
        self.records.values().map(|record| &record.member)
    }

    /// The member of this name.
    pub fn get(&self, name: &str) -> Option<&Member> {
        self.records.get(name).map(|record| &record.member)
    }

    /// How many have this status.
    pub fn count(&self, status: Status) -> usize {
        self.iter().filter(|member| member.status == status).count()
    }

    /// Grows with every change.
    pub const fn changes(&self) -> u64 {
        self.changes
    }

    /// Everybody's last Lamport time, and who left.
    pub fn told(&self) -> (Vec<(String, Time)>, Vec<String>) {
        let times = self.records.iter().map(|(name, record)| (name.to_string(), record.time)).collect();
        let left = self.iter().filter(|member| member.status == Status::Left);
        (times, left.map(|member| member.name.to_string()).collect())
    }

    /// Swim sees a member: new, or back.
    pub fn present(&mut self, now: Instant, node: &Node) -> Event {
        self.changes += 1;
        let mut member = member_of(node);
        let mut time = self.records.get(&node.name).map_or(0, |record| record.time);
        match self.intents.take(&node.name) {
            Some((Intent::Join, at)) => time = time.max(at),
            Some((Intent::Leave, at)) => {
                member.status = Status::Leaving;
                time = time.max(at);
            }
            None => {}
        }
        let record = Record { member: member.clone(), time, gone_at: now, prune: false };
        self.records.insert(node.name.clone(), record);
        Event::Joined(member)
    }

    /// A member says something new about itself.
    pub fn updated(&mut self, node: &Node) -> Option<Event> {
        let record = self.records.get_mut(&node.name)?;
        self.changes += 1;
        record.member = Member { status: record.member.status, ..member_of(node) };
        Some(Event::Updated(record.member.clone()))
    }

    /// Swim does not see a member any more; it left if it said so, to swim or to us.
    pub fn absent(&mut self, now: Instant, name: &str, said_so: bool) -> Vec<Event> {
        let Some(record) = self.records.get_mut(name) else { return Vec::new() };
        self.changes += 1;
        let left = said_so || record.member.status == Status::Leaving;
        match record.member.status {
            Status::Alive | Status::Leaving if left => {
                record.gone_at = now;
                record.member.status = Status::Left;
                let event = Event::Left(record.member.clone());
                let prune = record.prune;
                self.with_pruning(event, name, prune)
            }
            Status::Alive | Status::Leaving => {
                record.gone_at = now;
                record.member.status = Status::Failed;
                vec![Event::Failed(record.member.clone())]
            }
            Status::Left | Status::Failed => Vec::new(),
        }
    }

    /// Somebody joined, at a Lamport time.
    pub fn join_intent(&mut self, now: Instant, join: &Join) -> Heard {
        let Some(record) = self.records.get_mut(join.node.as_str()) else {
            let is_news = self.intents.hear(now, &join.node, Intent::Join, join.time);
            return Heard { is_news, events: Vec::new() };
        };
        if join.time <= record.time {
            return Heard::default();
        }
        record.time = join.time;
        if record.member.status != Status::Leaving {
            return Heard::news(Vec::new());
        }
        // It came back while its leaving was still under way.
        record.member.status = Status::Alive;
        self.changes += 1;
        Heard::news(vec![Event::Wavered(record.member.clone())])
    }

    /// Somebody leaves, at a Lamport time. Whether it is ourselves, who stay, is the caller's question.
    pub fn leave_intent(&mut self, now: Instant, leave: &Leave) -> Heard {
        let Some(record) = self.records.get_mut(leave.node.as_str()) else {
            let is_news = self.intents.hear(now, &leave.node, Intent::Leave, leave.time);
            return Heard { is_news, events: Vec::new() };
        };
        if leave.time <= record.time {
            return Heard::default();
        }
        record.time = leave.time;
        record.prune |= leave.prune;
        self.changes += 1;
        match record.member.status {
            Status::Alive => {
                record.member.status = Status::Leaving;
                Heard::news(vec![Event::Wavered(record.member.clone())])
            }
            Status::Failed => {
                record.member.status = Status::Left;
                record.gone_at = now;
                let event = Event::Left(record.member.clone());
                Heard::news(self.with_pruning(event, &leave.node, leave.prune))
            }
            Status::Left if leave.prune => Heard::news(self.forget(&leave.node).into_iter().collect()),
            Status::Left | Status::Leaving => Heard::news(Vec::new()),
        }
    }

    /// The Lamport time that decides about intents of this member; `None` for strangers.
    pub fn time_of(&self, name: &str) -> Option<Time> {
        self.records.get(name).map(|record| record.time)
    }

    /// Forgets those who failed or left long ago, and old intents.
    pub fn reap(&mut self, now: Instant, failed: Duration, left: Duration, intents: Duration) -> Vec<Event> {
        self.intents.forget(now, intents);
        let is_over = |record: &Record| {
            let gone_for = now.since(record.gone_at);
            match record.member.status {
                Status::Failed => gone_for > failed,
                Status::Left => gone_for > left,
                Status::Alive | Status::Leaving => false,
            }
        };
        let over: Vec<Name> =
            self.records.iter().filter(|(_, record)| is_over(record)).map(|(name, _)| name.clone()).collect();
        over.iter().filter_map(|name| self.forget(name)).collect()
    }

    fn with_pruning(&mut self, event: Event, name: &str, prune: bool) -> Vec<Event> {
        let pruned = if prune { self.forget(name) } else { None };
        std::iter::once(event).chain(pruned).collect()
    }

    fn forget(&mut self, name: &str) -> Option<Event> {
        self.changes += 1;
        self.records.remove(name).map(|record| Event::Reaped(record.member))
    }
}

#[cfg(test)]
mod tests;
