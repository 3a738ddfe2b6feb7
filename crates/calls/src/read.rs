//! What every read carries in and out: consistency, waiting for a change, and the index it was answered at.

use std::time::Duration;

use proconsul_base::index::Index;

/// How fresh an answer must be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Consistency {
    /// The leader's state, trusted for the length of its lease.
    #[default]
    Default,
    /// The leader's state, its leadership confirmed by a quorum first.
    Consistent,
    /// Whatever this server has, also without a leader.
    Stale {
        /// Ask as in `Default` when the last contact with the leader is longer ago than this.
        at_most: Option<Duration>,
    },
}

/// A blocking query: answer when the index has passed this one, or when the time is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The index the caller has seen; never zero.
    pub index: Index,
    /// How long to wait; `None` for the agent's default.
    pub at_most: Option<Duration>,
}

/// How long reads may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryTime {
    /// When the caller does not say (`-default-query-time`).
    pub default: Duration,
    /// At most, before the jitter (`-max-query-time`).
    pub max: Duration,
}

impl Default for QueryTime {
    fn default() -> Self {
        Self { default: Duration::from_secs(300), max: Duration::from_secs(600) }
    }
}

impl QueryTime {
    /// The time one read waits, as it is asked for.
    pub fn at_most(self, wait: Wait) -> Duration {
        wait.at_most.filter(|asked| !asked.is_zero()).unwrap_or(self.default).min(self.max)
    }
}

/// The part that all reads have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// The datacenter to ask; `None` for the agent's own.
    pub datacenter: Option<Box<str>>,
    /// How fresh the answer must be.
    pub consistency: Consistency,
    /// Whether to wait for a change first.
    pub wait: Option<Wait>,
}

/// A read's answer and what the caller may conclude from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<T> {
    /// The index to wait on next; never zero.
    pub index: Index,
    /// How fresh the state was.
    pub contact: Contact,
    /// The answer itself.
    pub value: T,
}

/// This server's tie to the leader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// Whether it knows of a leader.
    pub known_leader: bool,
    /// How long ago it heard from it; zero on the leader itself.
    pub last_contact: Duration,
}
