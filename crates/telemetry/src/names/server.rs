//! What servers are asked, and what they do.

use crate::family::Family;
use crate::gauge::Gauge;
use crate::label::Label;
use crate::meter::{Counter, Sample};

/// Calls that servers got, from the doors of their own agents too.
pub static RPC_REQUEST: Counter = Counter::new("rpc.request");
/// Calls that failed.
pub static RPC_REQUEST_ERROR: Counter = Counter::new("rpc.request_error");
/// Calls that read.
pub static RPC_QUERY: Counter = Counter::new("rpc.query");
/// Reads that wait for a change now.
pub static RPC_QUERIES_BLOCKING: Gauge = Gauge::new("rpc.queries_blocking");
/// Connections that were taken on the server port.
pub static RPC_ACCEPT_CONN: Counter = Counter::new("rpc.accept_conn");
/// How long consistent reads waited for the word that this server leads.
pub static RPC_CONSISTENT_READ: Sample = Sample::new("rpc.consistentRead");

/// From a key's write to its answer.
pub static KVS_APPLY: Sample = Sample::new("kvs.apply");
/// From a transaction that writes to its answer.
pub static TXN_APPLY: Sample = Sample::new("txn.apply");
/// From a transaction that reads to its answer.
pub static TXN_READ: Sample = Sample::new("txn.read");
/// From a registration in the catalog to its answer.
pub static CATALOG_REGISTER: Sample = Sample::new("catalog.register");
/// From a deregistration in the catalog to its answer.
pub static CATALOG_DEREGISTER: Sample = Sample::new("catalog.deregister");
/// From a session's creation or end to its answer.
pub static SESSION_APPLY: Sample = Sample::new("session.apply");
/// From a session's renewal to its answer.
pub static SESSION_RENEW: Sample = Sample::new("session.renew");
/// From a prepared query's change to its answer.
pub static PREPARED_QUERY_APPLY: Sample = Sample::new("prepared-query.apply");
/// From a prepared query's execution to its answer.
pub static PREPARED_QUERY_EXECUTE: Sample = Sample::new("prepared-query.execute");
/// From a prepared query's explanation to its answer.
pub static PREPARED_QUERY_EXPLAIN: Sample = Sample::new("prepared-query.explain");
/// From an intention's change to its answer.
pub static INTENTION_APPLY: Sample = Sample::new("intention.apply");
/// From a config entry's change to its answer.
pub static CONFIG_ENTRY_APPLY: Sample = Sample::new("config_entry.apply");
/// From a config entry's removal to its answer.
pub static CONFIG_ENTRY_DELETE: Sample = Sample::new("config_entry.delete");

/// Questions to the catalog about a service.
pub static CATALOG_SERVICE_QUERY: Family = Family::counters("catalog.service.query", "service");
/// Questions to the catalog about a service that has no instances.
pub static CATALOG_SERVICE_NOT_FOUND: Family = Family::counters("catalog.service.not-found", "service");
/// Questions about the health of a service.
pub static HEALTH_SERVICE_QUERY: Family = Family::counters("health.service.query", "service");
/// Questions about the health of a service that has no instances.
pub static HEALTH_SERVICE_NOT_FOUND: Family = Family::counters("health.service.not-found", "service");

/// Sessions that a leader counts down.
pub static SESSION_TTL_ACTIVE: Gauge = Gauge::new("session_ttl.active");
/// From a session's last second to its end.
pub static SESSION_TTL_INVALIDATE: Sample = Sample::new("session_ttl.invalidate");
/// How long a leader took to make the catalog follow all members.
pub static LEADER_RECONCILE: Sample = Sample::new("leader.reconcile");
/// How long a leader took to make the catalog follow one member.
pub static LEADER_RECONCILE_MEMBER: Sample = Sample::new("leader.reconcileMember");
/// How long a leader took to let old tombstones go.
pub static LEADER_REAP_TOMBSTONES: Sample = Sample::new("leader.reapTombstones");
/// Whether all servers are well: 1 or 0.
pub static AUTOPILOT_HEALTHY: Gauge = Gauge::new("autopilot.healthy");
/// How many servers may fail before the cluster stands still.
pub static AUTOPILOT_FAILURE_TOLERANCE: Gauge = Gauge::new("autopilot.failure_tolerance");

macro_rules! operations {
    ($($(#[doc = $doc:literal])* $static:ident: $name:literal $op:literal;)*) => {
        $($(#[doc = $doc])* pub static $static: Sample = Sample::labelled($name, const { &[Label::fixed("op", $op)] });)*
    };
}

operations! {
    /// How long a key took to be set.
    FSM_KVS_SET: "fsm.kvs" "set";
    /// How long a key took to be compared and set.
    FSM_KVS_CAS: "fsm.kvs" "cas";
    /// How long a key took to be removed.
    FSM_KVS_DELETE: "fsm.kvs" "delete";
    /// How long a key took to be compared and removed.
    FSM_KVS_DELETE_CAS: "fsm.kvs" "delete-cas";
    /// How long the keys under a prefix took to be removed.
    FSM_KVS_DELETE_TREE: "fsm.kvs" "delete-tree";
    /// How long a key took to be locked.
    FSM_KVS_LOCK: "fsm.kvs" "lock";
    /// How long a key took to be unlocked.
    FSM_KVS_UNLOCK: "fsm.kvs" "unlock";
    /// How long a session took to begin.
    FSM_SESSION_CREATE: "fsm.session" "create";
    /// How long a session took to end.
    FSM_SESSION_DESTROY: "fsm.session" "destroy";
    /// How long tombstones took to go.
    FSM_TOMBSTONE: "fsm.tombstone" "reap";
    /// How long a prepared query took to change.
    FSM_PREPARED_QUERY: "fsm.prepared-query" "update";
    /// How long a prepared query took to go.
    FSM_PREPARED_QUERY_DELETE: "fsm.prepared-query" "delete";
    /// How long an intention took to change.
    FSM_INTENTION: "fsm.intention" "upsert";
    /// How long an intention took to go.
    FSM_INTENTION_DELETE: "fsm.intention" "delete";
    /// How long a config entry took to change.
    FSM_CONFIG_ENTRY: "fsm.config_entry" "upsert";
    /// How long a config entry took to go.
    FSM_CONFIG_ENTRY_DELETE: "fsm.config_entry" "delete";
}

/// How long a registration took to get into the state.
pub static FSM_REGISTER: Sample = Sample::new("fsm.register");
/// How long a deregistration took to get into the state.
pub static FSM_DEREGISTER: Sample = Sample::new("fsm.deregister");
/// How long coordinates took to get into the state.
pub static FSM_COORDINATE_BATCH_UPDATE: Sample = Sample::new("fsm.coordinate.batch-update");
/// How long a transaction took.
pub static FSM_TXN: Sample = Sample::new("fsm.txn");
/// How long autopilot's configuration took to change.
pub static FSM_AUTOPILOT: Sample = Sample::new("fsm.autopilot");
