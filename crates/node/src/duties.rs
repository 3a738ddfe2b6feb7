//! Ties the server's duties to this node: the pool they watch, the clock they count by, the office they are held in.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use proconsul_agent::Config;
use proconsul_consensus::Running;
use proconsul_gossip as gossip;
use proconsul_server::leader::answers::Answers;
use proconsul_server::leader::memory::Memory;
use proconsul_server::leader::reconcile::Place;
use proconsul_server::leader::{self, Duties, tombstones};
use proconsul_state::store::Store;
use proconsul_storage::disk::Disk;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::{members, pool};

/// Begins all duties of this node as a server; they end with `tasks`.
pub(crate) fn begin<D: Disk>(
    tasks: &mut JoinSet<()>,
    config: &Arc<Config>,
    gossip: &gossip::Handle,
    running: &Arc<Running<D>>,
    store: &Arc<Store>,
) {
    let consensus = running.handle.clone();
    let memory = Arc::new(Memory::new(seconds));
    consensus.answer_with(Arc::new(Answers::new(consensus.clone(), Arc::clone(store), Arc::clone(&memory))));
    let (pool, seen) = watch::channel(pool::now(gossip, &config.datacenter));
    tasks.spawn(pool::follow(gossip.clone(), config.datacenter.clone(), pool));
    tasks.spawn(members::follow(seen.clone(), Arc::clone(running)));
    tasks.spawn(members::lead(seen.clone(), Arc::clone(running), Arc::clone(store), Arc::clone(&memory)));
    tasks.spawn(tombstones::run(Arc::new(consensus.clone()), Arc::clone(store)));
    let place = Place {
        datacenter: config.datacenter.as_str().into(),
        me: config.node_name.as_str().into(),
        patience: config.reconnect_timeout,
    };
    tasks.spawn(leader::run(Duties {
        consensus,
        store: Arc::clone(store),
        pool: seen,
        place,
        autopilot: config.autopilot.clone(),
        memory,
    }));
}

/// Seconds since 1970.
fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
