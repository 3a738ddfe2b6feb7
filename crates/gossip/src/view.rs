//! A consistent picture of the pool for readers. It is replaced as a whole, never changed.

use proconsul_serf::Member;

/// The members at one moment.
#[derive(Clone, Debug)]
pub struct View {
    /// Grows by at least one with every change.
    pub version: u64,
    /// Everybody who is known, this member too, ordered by name.
    pub members: Vec<Member>,
    /// This member.
    pub local: Member,
}

/// The figures of `consul info`, section `serf_lan`, under the same names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// How often the coordinate became unusable and was started afresh.
    pub coordinate_resets: u64,
    /// Whether gossip is encrypted.
    pub encrypted: bool,
    /// User events waiting to be passed on.
    pub event_queue: usize,
    /// The Lamport time of user events.
    pub event_time: u64,
    /// Members that failed.
    pub failed: usize,
    /// Lifeguard's health score; 0 is healthy.
    pub health_score: u32,
    /// Intents waiting to be passed on.
    pub intent_queue: usize,
    /// Members that left.
    pub left: usize,
    /// The Lamport time of joins and leaves.
    pub member_time: u64,
    /// All members.
    pub members: usize,
    /// Queries waiting to be passed on.
    pub query_queue: usize,
    /// The Lamport time of queries.
    pub query_time: u64,
}

impl From<proconsul_serf::Stats> for Stats {
    /// Encryption belongs to a key ring, which this member does not have.
    fn from(stats: proconsul_serf::Stats) -> Self {
        Self {
            coordinate_resets: stats.coordinate_resets,
            encrypted: false,
            event_queue: stats.event_queue,
            event_time: stats.event_time,
            failed: stats.failed,
            health_score: stats.health_score,
            intent_queue: stats.intent_queue,
            left: stats.left,
            member_time: stats.member_time,
            members: stats.members,
            query_queue: stats.query_queue,
            query_time: stats.query_time,
        }
    }
}

impl Stats {
    /// Names and values as `consul info` prints them, in its order.
    pub fn rows(&self) -> [(&'static str, String); 12] {
        [
            ("coordinate_resets", self.coordinate_resets.to_string()),
            ("encrypted", self.encrypted.to_string()),
            ("event_queue", self.event_queue.to_string()),
            ("event_time", self.event_time.to_string()),
            ("failed", self.failed.to_string()),
            ("health_score", self.health_score.to_string()),
            ("intent_queue", self.intent_queue.to_string()),
            ("left", self.left.to_string()),
            ("member_time", self.member_time.to_string()),
            ("members", self.members.to_string()),
            ("query_queue", self.query_queue.to_string()),
            ("query_time", self.query_time.to_string()),
        ]
    }
}
