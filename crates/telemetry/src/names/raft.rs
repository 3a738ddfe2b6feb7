//! The replicated log.

use crate::gauge::Gauge;
use crate::meter::{Counter, Sample};

/// Commands that were proposed here.
pub static APPLY: Counter = Counter::new("raft.apply");
/// From a proposal to its commit.
pub static COMMIT_TIME: Sample = Sample::new("raft.commitTime");
/// Entries of the last commit.
pub static COMMIT_NUM_LOGS: Gauge = Gauge::new("raft.commitNumLogs");
/// How long the leader's disk took for entries.
pub static LEADER_DISPATCH_LOG: Sample = Sample::new("raft.leader.dispatchLog");
/// Entries that the leader's disk took last.
pub static LEADER_DISPATCH_NUM_LOGS: Gauge = Gauge::new("raft.leader.dispatchNumLogs");
/// How long a follower's disk took for entries.
pub static STORE_LOGS: Sample = Sample::new("raft.rpc.appendEntries.storeLogs");
/// How long ago the leader's quorum last answered, told at each answer.
pub static LEADER_LAST_CONTACT: Sample = Sample::new("raft.leader.lastContact");

/// Times that this server came to lead.
pub static STATE_LEADER: Counter = Counter::new("raft.state.leader");
/// Times that this server stood for election.
pub static STATE_CANDIDATE: Counter = Counter::new("raft.state.candidate");
/// Times that this server came to follow.
pub static STATE_FOLLOWER: Counter = Counter::new("raft.state.follower");
/// Times that a follower stood up because it heard no leader.
pub static HEARTBEAT_TIMEOUT: Counter = Counter::new("raft.transition.heartbeat_timeout");

/// The last entry that is in the state.
pub static APPLIED_INDEX: Gauge = Gauge::new("raft.applied_index");
/// The last entry of the log.
pub static LAST_INDEX: Gauge = Gauge::new("raft.last_index");
/// Reads that asked a quorum whether this server leads.
pub static VERIFY_LEADER: Counter = Counter::new("raft.verify_leader");

/// How long committed entries, together, took to get into the state.
pub static FSM_APPLY: Sample = Sample::new("raft.fsm.apply");
/// How long it took to hold the state still for a snapshot.
pub static FSM_SNAPSHOT: Sample = Sample::new("raft.fsm.snapshot");
/// How long it took to replace the state by a snapshot.
pub static FSM_RESTORE: Sample = Sample::new("raft.fsm.restore");
/// How long it took to write a snapshot.
pub static SNAPSHOT_PERSIST: Sample = Sample::new("raft.snapshot.persist");
