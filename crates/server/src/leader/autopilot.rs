//! The duty of watching the servers: judges them every two seconds, and whenever gossip shows a change. What follows from the
//! judgement is `member`'s to decide.

use std::sync::Arc;
use std::time::Duration;

use proconsul_consensus::Handle;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use super::health::{Evidence, Threshold};
use super::memory::Memory;
use crate::pool::Pool;

/// How often the servers are judged: Consul's `ServerHealthInterval`.
const STEP: Duration = Duration::from_secs(2);

/// Carries the duty out until it is dropped, or until the pool is no more.
pub async fn run(
    consensus: Handle,
    mut pool: watch::Receiver<Pool>,
    memory: Arc<Memory>,
    threshold: impl Fn() -> Threshold,
) {
    let mut steps = interval(STEP);
    steps.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = steps.tick() => {}
            changed = pool.changed() => if changed.is_err() { return },
        }
        let (status, progress, members) = (consensus.status(), consensus.progress(), pool.borrow_and_update().clone());
        let evidence = Evidence {
            membership: &status.membership,
            pool: &members,
            progress: &progress,
            leader: consensus.me(),
            term: status.term,
            last: status.last,
        };
        memory.judge(&evidence, &threshold());
    }
}
