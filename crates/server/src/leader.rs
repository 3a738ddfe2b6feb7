//! What only the leader does, one duty per file. Each decides apart from the task that carries it out.

pub mod answers;
pub mod autopilot;
pub mod health;
pub mod lock_delay;
pub mod member;
pub mod memory;
mod office;
pub mod reconcile;
pub mod restore;
pub mod session_ttl;
pub mod tombstones;

use std::sync::Arc;

use proconsul_consensus::Handle;
use proconsul_state::store::Store;
use proconsul_types::autopilot::Configuration;
use tokio::sync::watch;

use self::memory::Memory;
use self::reconcile::Place;
use crate::pool::Pool;

/// What the duties work with.
pub struct Duties {
    /// The running consensus.
    pub consensus: Handle,
    /// The replicated store.
    pub store: Arc<Store>,
    /// Who is in the gossip pool.
    pub pool: watch::Receiver<Pool>,
    /// Where this server is.
    pub place: Place,
    /// What autopilot goes by in a new cluster.
    pub autopilot: Configuration,
    /// The leader's memory, which the answers share.
    pub memory: Arc<Memory>,
}

/// Carries the duties out whenever this server leads, until consensus stops.
pub async fn run(duties: Duties) {
    let Duties { consensus, store, pool, place, autopilot, memory } = duties;
    let replica = Arc::new(consensus.clone());
    let begin = || {
        memory.clear();
        let (replica, store, memory) = (Arc::clone(&replica), Arc::clone(&store), Arc::clone(&memory));
        let (consensus, pool, place, goes_by) = (consensus.clone(), pool.clone(), place.clone(), autopilot.clone());
        async move {
            tokio::join!(
                autopilot::run(consensus, Arc::clone(&store), pool.clone(), Arc::clone(&memory), goes_by),
                reconcile::run(Arc::clone(&replica), Arc::clone(&store), pool, Arc::clone(&memory), place),
                session_ttl::run(Arc::clone(&replica), Arc::clone(&store), Arc::clone(&memory)),
                lock_delay::run(Arc::clone(&replica), Arc::clone(&store), memory),
                restore::run(replica, store),
            );
        }
    };
    office::hold(consensus.status_watch(), || office::anew(&store, begin)).await;
}

#[cfg(test)]
mod tests;
