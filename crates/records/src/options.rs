//! What all questions and all replies have in common.

use std::time::Duration;

use proconsul_base::index::Index;
use proconsul_calls::read::{Answer, Consistency, Contact, ReadOptions, Wait};
use serde::{Deserialize, Serialize};

use crate::Reply;

/// The options of every question (`QueryOptions`). Lengths of time are in nanoseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct QueryOptions {
    /// Whether any server may answer from what it has.
    pub allow_stale: bool,
    /// What the answer is cut down to.
    pub filter: String,
    /// Of an agent's cache; servers pass it over.
    pub max_age: i64,
    /// How long to wait for a change.
    pub max_query_time: i64,
    /// How old a stale answer may be; the agent looks at it, not the server.
    pub max_stale_duration: i64,
    /// The index to wait behind; 0 for not waiting.
    pub min_query_index: u64,
    /// Of an agent's cache.
    pub must_revalidate: bool,
    /// Whether the leader must be confirmed by a quorum first.
    pub require_consistent: bool,
    /// Of an agent's cache.
    pub stale_if_error: i64,
    /// The secret of who asks.
    pub token: String,
    /// Of an agent's cache.
    pub use_cache: bool,
}

impl QueryOptions {
    /// What is asked of a server, in the datacenter of this name; the own one when it is empty.
    pub fn to_read(&self, datacenter: &str) -> ReadOptions {
        let consistency = match (self.require_consistent, self.allow_stale) {
            (true, _) => Consistency::Consistent,
            (false, true) => Consistency::Stale { at_most: None },
            (false, false) => Consistency::Default,
        };
        let at_most = u64::try_from(self.max_query_time).ok().filter(|nanos| *nanos > 0).map(Duration::from_nanos);
        let wait = (self.min_query_index > 0).then_some(Wait { index: Index(self.min_query_index), at_most });
        ReadOptions { datacenter: name(datacenter), consistency, wait }
    }
}

impl From<&ReadOptions> for QueryOptions {
    fn from(read: &ReadOptions) -> Self {
        let (allow_stale, at_most) = match read.consistency {
            Consistency::Stale { at_most } => (true, at_most),
            Consistency::Default | Consistency::Consistent => (false, None),
        };
        Self {
            allow_stale,
            max_stale_duration: at_most.map_or(0, nanos),
            require_consistent: read.consistency == Consistency::Consistent,
            min_query_index: read.wait.map_or(0, |wait| wait.index.0),
            max_query_time: read.wait.and_then(|wait| wait.at_most).map_or(0, nanos),
            ..Self::default()
        }
    }
}

/// How fresh a reply is (`QueryMeta`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct QueryMeta {
    /// Always empty on the wire; agents fill it in for their users.
    pub consistency_level: String,
    /// The index to wait on next.
    pub index: u64,
    /// Whether the server knew of a leader.
    pub known_leader: bool,
    /// How long ago it had heard from it, in nanoseconds.
    pub last_contact: i64,
}

impl QueryMeta {
    /// What is said of an answer at this index.
    pub fn new(index: Index, contact: Contact) -> Self {
        let Contact { known_leader, last_contact } = contact;
        Self { consistency_level: String::new(), index: index.0, known_leader, last_contact: nanos(last_contact) }
    }

    /// The same in the form of an answer.
    pub fn answer<T>(&self, value: T) -> Answer<T> {
        let last_contact = Duration::from_nanos(u64::try_from(self.last_contact).unwrap_or(0));
        // An index of zero would make who waits on it ask without end.
        let index = Index(self.index.max(1));
        Answer { index, contact: Contact { known_leader: self.known_leader, last_contact }, value }
    }
}

/// An answer as a reply, its value in the form that `write` gives it.
pub fn reply<T, R>(answer: Answer<T>, write: impl FnOnce(T) -> R) -> Reply<R> {
    Reply { own: write(answer.value), embedded: QueryMeta::new(answer.index, answer.contact) }
}

/// Who asks, for "nearest first" (`QuerySource`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct QuerySource {
    /// Its datacenter.
    pub datacenter: String,
    /// Its address; looked at when the node is `_ip`.
    pub ip: String,
    /// Its node; empty for no wish.
    pub node: String,
    /// Its network segment.
    pub segment: String,
}

/// Nanoseconds, at most as many as Go can say.
pub fn nanos(length: Duration) -> i64 {
    i64::try_from(length.as_nanos()).unwrap_or(i64::MAX)
}

/// A name unless it is empty.
pub fn name(text: &str) -> Option<Box<str>> {
    (!text.is_empty()).then(|| text.into())
}
