//! What a core is given once, when it starts.

use proconsul_base::id::RaftId;

/// Settings of one Raft peer. Times are in ticks; how long a tick is, the driver decides.
#[derive(Clone, Debug)]
pub struct Config {
    /// This peer's identity.
    pub id: RaftId,
    /// Ticks between a leader's heartbeats; at least 1.
    pub heartbeat_ticks: usize,
    /// Ticks without a leader before an election may start; each wait is random from here to twice as long. More than
    /// `heartbeat_ticks`.
    pub election_ticks: usize,
    /// Seeds the election waits and the names of reads. It must differ each time a peer starts, or an answer to a read of
    /// its former life could be taken for one of this life.
    pub seed: u64,
    /// Append messages on the way to one peer before the leader waits for its answers.
    pub max_inflight: usize,
    /// Bytes of entries in one append message; a single larger entry travels alone.
    pub max_message_bytes: u64,
    /// Bytes of entries kept in memory for peers that lag a little. Older ones are asked for as [`crate::Fetch`].
    pub cache_bytes: usize,
    /// Bytes of proposals that may wait for their commit; more are refused as busy.
    pub max_uncommitted_bytes: usize,
    /// Bytes handed out as committed and not reported as applied before the core holds back the rest.
    pub max_unapplied_bytes: usize,
}

impl Config {
    /// The defaults.
    pub fn new(id: RaftId, seed: u64) -> Self {
        const MIB: usize = 1024 * 1024;
        Self {
            id,
            heartbeat_ticks: 2,
            election_ticks: 10,
            seed,
            max_inflight: 256,
            max_message_bytes: MIB as u64,
            cache_bytes: 8 * MIB,
            max_uncommitted_bytes: 32 * MIB,
            max_unapplied_bytes: 16 * MIB,
        }
    }
}
