//! A server's places in the election, counted under the names that Consul gives them.

use proconsul_raft::Role;
use proconsul_telemetry::names::raft as metric;

/// Counts a change of place under Consul's names. Asking whether an election could be won is no place there.
pub(crate) fn place(now: Role) {
    match now {
        Role::Leader => metric::STATE_LEADER.one(),
        Role::Follower => metric::STATE_FOLLOWER.one(),
        Role::Candidate => {
            metric::HEARTBEAT_TIMEOUT.one();
            metric::STATE_CANDIDATE.one();
        }
        Role::PreCandidate => {}
    }
}
