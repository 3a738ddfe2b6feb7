//! Under which metric the time is counted that a command takes to be applied. The time itself is measured outside.

use proconsul_telemetry::Sample;
use proconsul_telemetry::names::server as names;

use super::{autopilot, catalog, config, coordinate, intention, kv, query, session, tombstone, txn};

/// The metric of an encoded command, where Consul has one.
pub fn metric(command: &[u8]) -> Option<&'static Sample> {
    let (kind, _) = command.split_first_chunk()?;
    Some(match u16::from_le_bytes(*kind) {
        kv::PUT => &names::FSM_KVS_SET,
        kv::PUT_CAS => &names::FSM_KVS_CAS,
        kv::DELETE => &names::FSM_KVS_DELETE,
        kv::DELETE_CAS => &names::FSM_KVS_DELETE_CAS,
        kv::DELETE_TREE => &names::FSM_KVS_DELETE_TREE,
        kv::LOCK => &names::FSM_KVS_LOCK,
        kv::UNLOCK => &names::FSM_KVS_UNLOCK,
        session::CREATE => &names::FSM_SESSION_CREATE,
        session::DESTROY => &names::FSM_SESSION_DESTROY,
        txn::TXN => &names::FSM_TXN,
        tombstone::REAP => &names::FSM_TOMBSTONE,
        coordinate::UPDATE => &names::FSM_COORDINATE_BATCH_UPDATE,
        catalog::REGISTER => &names::FSM_REGISTER,
        kind if kind > catalog::REGISTER && kind <= catalog::DEREGISTER_CHECK => &names::FSM_DEREGISTER,
        config::SET | config::SET_CAS => &names::FSM_CONFIG_ENTRY,
        config::DELETE | config::DELETE_CAS => &names::FSM_CONFIG_ENTRY_DELETE,
        intention::DELETE => &names::FSM_INTENTION_DELETE,
        kind if (intention::CREATE..intention::DELETE).contains(&kind) => &names::FSM_INTENTION,
        query::SET => &names::FSM_PREPARED_QUERY,
        query::DELETE => &names::FSM_PREPARED_QUERY_DELETE,
        autopilot::SET | autopilot::SET_CAS => &names::FSM_AUTOPILOT,
        _ => return None,
    })
}
