//! News waiting to be passed on: each goes out a limited number of times, the least sent first. Knows no receiver.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use proconsul_base::limit::{GOSSIP_BROADCASTS, GOSSIP_PACKET_BYTES};

use crate::Name;

/// Longer pieces would not fit into a packet beside a label and a checksum, so they are not queued.
const NEWS_BYTES: usize = GOSSIP_PACKET_BYTES - 300;

/// Each round goes to three members at once, so memberlist's four transmissions in a pool below ten are over after two rounds:
/// one pool of five in about 150 then had a member that learnt of another only by the next exchange of states.
const TRANSMITS_MIN: u32 = 8;

/// How often one piece of news is sent in a pool of this many members.
pub fn transmit_limit(multiplier: u32, members: usize) -> u32 {
    (multiplier * ((members + 1) as f64).log10().ceil() as u32).max(TRANSMITS_MIN)
}

/// Names one queued piece of news.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BroadcastId(u64);

/// How much room a packet has.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// For all pieces and their overhead.
    pub bytes: usize,
    /// What each piece costs beyond its own bytes.
    pub overhead: usize,
    /// How many pieces fit.
    pub parts: usize,
}

impl Room {
    /// Takes a piece of this length if it fits.
    const fn take(&mut self, length: usize) -> bool {
        let fits = self.parts > 0 && length + self.overhead <= self.bytes;
        if fits {
            self.bytes -= length + self.overhead;
            self.parts -= 1;
        }
        fits
    }
}

/// Fewest transmissions first, then the longest (small ones fill the gaps), then the newest.
type Rank = (u32, Reverse<usize>, Reverse<BroadcastId>);

#[derive(Clone, Debug)]
struct News {
    bytes: Vec<u8>,
    about: Option<Name>,
}

/// The news of one kind.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    news: BTreeMap<Rank, News>,
    newest: HashMap<Name, Rank>,
    next: u64,
}

impl Queue {
    /// Queues news; what was queued about the same member is out of date and goes. A full queue drops the most sent, and what
    /// fits into no packet is dropped at once.
    pub fn push(&mut self, about: Option<Name>, bytes: Vec<u8>) -> BroadcastId {
        let id = BroadcastId(self.next);
        self.next += 1;
        if bytes.len() > NEWS_BYTES {
            return id;
        }
        let rank = (0, Reverse(bytes.len()), Reverse(id));
        if let Some(outdated) = about.as_ref().and_then(|about| self.newest.insert(about.clone(), rank)) {
            self.news.remove(&outdated);
        }
        self.news.insert(rank, News { bytes, about });
        while self.news.len() > GOSSIP_BROADCASTS {
            self.drop_most_sent();
        }
        id
    }

    /// What fits into the room; each piece counts as sent once more, and is done after `limit` times.
    pub fn take(&mut self, room: &mut Room, limit: u32) -> Vec<Vec<u8>> {
        let ranks: Vec<Rank> = self.news.keys().filter(|(_, length, _)| room.take(length.0)).copied().collect();
        ranks.into_iter().filter_map(|rank| self.sent(rank, limit)).collect()
    }

    /// How many pieces wait.
    pub fn len(&self) -> usize {
        self.news.len()
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.news.is_empty()
    }

    /// Whether this piece still has to be sent.
    pub fn contains(&self, id: BroadcastId) -> bool {
        self.news.keys().any(|(_, _, queued)| queued.0 == id)
    }

    fn sent(&mut self, rank: Rank, limit: u32) -> Option<Vec<u8>> {
        let news = self.news.remove(&rank)?;
        let bytes = news.bytes.clone();
        let (transmissions, length, id) = rank;
        if transmissions + 1 < limit {
            let rank = (transmissions + 1, length, id);
            if let Some(about) = &news.about {
                self.newest.insert(about.clone(), rank);
            }
            self.news.insert(rank, news);
        } else if let Some(about) = &news.about {
            self.newest.remove(about);
        }
        Some(bytes)
    }

    fn drop_most_sent(&mut self) {
        if let Some((_, News { about: Some(about), .. })) = self.news.pop_last() {
            self.newest.remove(&about);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(bytes: usize) -> Room {
        Room { bytes, overhead: 2, parts: 255 }
    }

    #[test]
    fn the_limit_grows_with_the_logarithm_of_the_pool() {
        assert_eq!([1, 9, 10, 99, 100, 1000].map(|members| transmit_limit(4, members)), [8, 8, 8, 8, 12, 16]);
    }

    #[test]
    fn the_least_sent_goes_first_then_the_longest_that_fits() {
        let mut queue = Queue::default();
        queue.push(None, vec![1; 10]);
        assert_eq!(queue.take(&mut room(100), 10), [vec![1; 10]]);
        queue.push(None, vec![2; 5]);
        queue.push(None, vec![3; 20]);
        assert_eq!(queue.take(&mut room(100), 10), [vec![3; 20], vec![2; 5], vec![1; 10]]);
        queue.push(None, vec![4; 50]);
        assert_eq!(queue.take(&mut room(40), 10), [vec![3; 20], vec![2; 5]]);
    }

    #[test]
    fn news_is_done_after_its_limit() {
        let mut queue = Queue::default();
        let id = queue.push(Some("a".into()), vec![1]);
        for _ in 0..3 {
            assert!(queue.contains(id));
            assert_eq!(queue.take(&mut room(100), 3).len(), 1);
        }
        assert!(!queue.contains(id) && queue.is_empty() && queue.newest.is_empty());
    }

    #[test]
    fn newer_news_replaces_older_about_the_same_member() {
        let mut queue = Queue::default();
        queue.push(Some("a".into()), vec![1]);
        queue.push(Some("b".into()), vec![2]);
        queue.take(&mut room(100), 10);
        queue.push(Some("a".into()), vec![3]);
        assert_eq!(queue.take(&mut room(100), 10), [vec![3], vec![2]]);
    }

    #[test]
    fn what_fits_into_no_packet_is_not_queued() {
        let mut queue = Queue::default();
        let id = queue.push(None, vec![0; NEWS_BYTES + 1]);
        assert!(queue.is_empty() && !queue.contains(id));
    }

    #[test]
    fn a_full_queue_drops_what_was_sent_most() {
        let mut queue = Queue::default();
        queue.push(Some("old".into()), vec![9]);
        queue.take(&mut room(100), 10);
        for _ in 0..GOSSIP_BROADCASTS {
            queue.push(None, vec![1]);
        }
        assert_eq!(queue.len(), GOSSIP_BROADCASTS);
        assert!(queue.newest.is_empty());
    }
}
