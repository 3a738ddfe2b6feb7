//! The duty of watching the servers: judges them every two seconds, and whenever gossip shows a change. What follows from the
//! judgement is `member`'s to decide.

use std::sync::Arc;
use std::time::Duration;

use proconsul_base::index::Index;
use proconsul_consensus::Handle;
use proconsul_state::command::Command;
use proconsul_state::command::autopilot::SetAutopilot;
use proconsul_state::store::Store;
use proconsul_types::autopilot::Configuration;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use super::health::Evidence;
use super::memory::Memory;
use crate::pool::Pool;
use crate::replica::Replica;

/// How often the servers are judged: Consul's `ServerHealthInterval`.
const STEP: Duration = Duration::from_secs(2);

/// What autopilot goes by; Consul's defaults until the first leader of the cluster has written what its agent's files say.
pub fn goes_by(store: &Store) -> Arc<Configuration> {
    store.autopilot().unwrap_or_else(|| Arc::new(Configuration::initial()))
}

/// Carries the duty out until it is dropped, or until the pool is no more.
pub async fn run(
    consensus: Handle,
    store: Arc<Store>,
    mut pool: watch::Receiver<Pool>,
    memory: Arc<Memory>,
    configured: Configuration,
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
        memory.judge(&evidence, &goes_by(&store));
        if store.autopilot().is_none() {
            write_down(&consensus, configured.clone()).await;
        }
    }
}

/// The configuration of a new cluster is its first leader's; from then on it belongs to the operators.
async fn write_down<R: Replica>(replica: &R, configuration: Configuration) {
    let command = Command::Autopilot(SetAutopilot { configuration, cas: Some(Index::ZERO) });
    if let Err(error) = replica.propose_as_leader(command.encode()).await {
        tracing::debug!(target: "agent.server.autopilot", %error, "failed to initialize config, will retry");
    }
}
