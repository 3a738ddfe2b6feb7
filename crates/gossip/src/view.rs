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

/// The figures of `consul info`, section `serf_lan`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// What serf itself counts.
    pub serf: proconsul_serf::Stats,
    /// Whether gossip is encrypted.
    pub encrypted: bool,
}

impl Stats {
    /// Names and values as `consul info` prints them, in its order.
    pub fn rows(&self) -> [(&'static str, String); 12] {
        [
            ("coordinate_resets", self.serf.coordinate_resets.to_string()),
            ("encrypted", self.encrypted.to_string()),
            ("event_queue", self.serf.event_queue.to_string()),
            ("event_time", self.serf.event_time.to_string()),
            ("failed", self.serf.failed.to_string()),
            ("health_score", self.serf.health_score.to_string()),
            ("intent_queue", self.serf.intent_queue.to_string()),
            ("left", self.serf.left.to_string()),
            ("member_time", self.serf.member_time.to_string()),
            ("members", self.serf.members.to_string()),
            ("query_queue", self.serf.query_queue.to_string()),
            ("query_time", self.serf.query_time.to_string()),
        ]
    }
}
