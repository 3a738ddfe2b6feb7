//! Queries: which are new, whom they are meant for, and the one that we ask ourselves: who bears our name.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use proconsul_base::limit::SERF_QUERY_ANSWERS;
use proconsul_base::time::Instant;

use crate::lamport::{Clock, Time};
use crate::member::Member;
use crate::ring::Ring;
use crate::wire::{Answer, Conflict, Filter, Query};

/// What the names of serf's own queries begin with.
pub(crate) const INTERNAL_PREFIX: &str = "_serf_";
/// Who bears the name in the payload?
pub(crate) const CONFLICT: &str = "_serf_conflict";
/// Factor of how long an asker waits, in gossip intervals.
const TIMEOUT_FACTOR: u32 = 16;

/// How long to wait for the answers of a pool of this many members.
pub(crate) fn timeout(gossip_interval: Duration, members: usize) -> Duration {
    gossip_interval * TIMEOUT_FACTOR * (((members + 1) as f64).log10().ceil() as u32)
}

/// Queries seen, and the poll about our own name while it runs.
#[derive(Debug, Default)]
pub(crate) struct Queries {
    pub(crate) clock: Clock,
    seen: Ring<u32>,
    poll: Option<Poll>,
}

impl Queries {
    /// Whether a query is new.
    pub(crate) fn admit(&mut self, query: &Query) -> bool {
        self.clock.witness(query.time);
        self.seen.admit(self.clock.time(), query.time, query.id)
    }

    /// Whether nobody is asked about our name now.
    pub(crate) fn may_poll(&self) -> bool {
        self.poll.is_none()
    }

    /// Starts to count answers to this query.
    pub(crate) fn poll(&mut self, query: &Query, until: Instant) {
        self.poll = Some(Poll { time: query.time, id: query.id, until, voters: BTreeSet::new(), for_us: 0 });
    }

    /// An answer came; it counts if it is one to our query, and the first of its sender.
    pub(crate) fn answered(&mut self, answer: &Answer, our_address: SocketAddr) {
        let Some(poll) = self.poll.as_mut().filter(|poll| poll.id == answer.id && poll.time == answer.time) else {
            return;
        };
        let Ok(vote) = Conflict::decode(&answer.payload) else { return };
        if !answer.is_ack && poll.voters.len() < SERF_QUERY_ANSWERS && poll.voters.insert(answer.from.clone()) {
            poll.for_us += usize::from(vote.address == our_address);
        }
    }

    /// When the poll ends.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.poll.as_ref().map(|poll| poll.until)
    }

    /// The poll's result once it has ended: whether the name stays ours. Nobody answering decides nothing.
    pub(crate) fn verdict(&mut self, now: Instant) -> Option<bool> {
        let poll = self.poll.take_if(|poll| poll.until <= now)?;
        (!poll.voters.is_empty()).then_some(poll.for_us > poll.voters.len() / 2)
    }
}

/// Answers to "who bears this name?" so far.
#[derive(Debug)]
struct Poll {
    time: Time,
    id: u32,
    until: Instant,
    voters: BTreeSet<String>,
    for_us: usize,
}

/// Whether a query is meant for this member.
pub(crate) fn is_meant_for(member: &Member, filters: &[Filter]) -> bool {
    filters.iter().all(|filter| match filter {
        Filter::Nodes(names) => names.iter().any(|name| **name == *member.name),
        Filter::Tag { tag, expression } => member.tags.get(tag).is_some_and(|value| matches_plainly(value, expression)),
    })
}

/// Plain texts and the anchors `^` and `$`. Other expressions match nothing: a member that does not understand a question
/// stays silent.
fn matches_plainly(value: &str, expression: &str) -> bool {
    let (from_start, rest) = expression.strip_prefix('^').map_or((false, expression), |rest| (true, rest));
    let (to_end, text) = rest.strip_suffix('$').map_or((false, rest), |text| (true, text));
    if text.contains(|sign: char| r"\.+*?()|[]{}^$".contains(sign)) {
        return false;
    }
    match (from_start, to_end) {
        (true, true) => value == text,
        (true, false) => value.starts_with(text),
        (false, true) => value.ends_with(text),
        (false, false) => value.contains(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::member::{Status, Tags, Versions};

    fn member(address: &str) -> Member {
        Member {
            name: "a".into(),
            address: address.parse().unwrap(),
            tags: Tags::from([("role".into(), "web".into())]),
            status: Status::Alive,
            protocol: Versions::default(),
            delegate: Versions::default(),
            incarnation: 1,
        }
    }

    fn poll(votes: &[(&str, &str)]) -> Option<bool> {
        let (here, end) = (member("127.0.0.1:1"), Instant::from_nanos(9));
        let mut queries = Queries {
            poll: Some(Poll { time: 1, id: 2, until: end, voters: BTreeSet::new(), for_us: 0 }),
            ..Queries::default()
        };
        for (from, address) in votes {
            let payload = Conflict::encode(&member(address));
            let answer = Answer { time: 1, id: 2, from: (*from).into(), is_ack: false, payload };
            queries.answered(&answer, here.address);
        }
        assert_eq!(queries.verdict(Instant::ZERO), None);
        queries.verdict(end)
    }

    #[test]
    fn the_majority_decides_whose_name_it_is_and_each_votes_once() {
        let (us, rival) = ("127.0.0.1:1", "127.0.0.1:2");
        assert_eq!(poll(&[]), None);
        assert_eq!(poll(&[("b", us), ("c", us), ("d", rival)]), Some(true));
        assert_eq!(poll(&[("b", us), ("b", us), ("c", rival), ("d", rival)]), Some(false));
        assert_eq!(poll(&[("b", us), ("c", rival)]), Some(false));
    }

    #[test]
    fn filters_must_all_fit() {
        let member = member("127.0.0.1:1");
        let nodes = |names: &[&str]| Filter::Nodes(names.iter().map(ToString::to_string).collect());
        let tag = |expression: &str| Filter::Tag { tag: "role".into(), expression: expression.into() };
        assert!(is_meant_for(&member, &[]));
        assert!(is_meant_for(&member, &[nodes(&["b", "a"]), tag("we"), tag("^web$")]));
        assert!(!is_meant_for(&member, &[nodes(&["b"])]));
        assert!(!is_meant_for(&member, &[tag("^eb")]));
        assert!(!is_meant_for(&member, &[tag("w.b")]));
    }
}
