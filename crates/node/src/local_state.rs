//! The services and checks that this agent holds, with what surrounds them: a clock, chance, one change at a time.
//!
//! The same for servers and client agents. What is right and what is wrong, `agent::local` says.

mod calls;
mod change;
mod load;
mod overdue;
mod store;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant as Clock};

use parking_lot::Mutex;
use proconsul_agent::Config;
use proconsul_agent::config::Place;
use proconsul_agent::local::{self, Settings, Shared, State};
use proconsul_base::rand::Rng;
use proconsul_base::time::Instant;
use proconsul_calls::catalog::CatalogCalls;
use proconsul_calls::health::HealthCalls;
use proconsul_types::node::Text;
use tokio::sync::watch;
use tokio::task::JoinSet;

use self::store::Store;
use crate::contact::Contact;
use crate::error::StartError;
use crate::local::Node;
use crate::{anti_entropy, checks};

/// What the agent holds.
pub(crate) struct LocalState {
    pub(crate) held: Shared,
    pub(crate) node_name: Text,
    /// Where it is kept; `None` in development mode.
    store: Option<Store>,
    rng: Mutex<Rng>,
    began: Clock,
    /// Whoever plans a change holds this until it is made.
    turn: tokio::sync::Mutex<()>,
    /// Up to which version it was tried to tell the catalog.
    tried: watch::Sender<u64>,
    /// Whether the catalog is told nothing more, because the node leaves.
    is_silent: AtomicBool,
    /// How long a caller waits for an attempt, at the longest.
    patience: Duration,
    /// How much of an output is kept, in bytes.
    output_max: usize,
}

/// Begins what keeps the catalog and the services in line with the checks; it ends with `tasks`.
pub(crate) fn begin<C: CatalogCalls + HealthCalls + Send + Sync + 'static>(
    tasks: &mut JoinSet<()>,
    node: &Node,
    catalog: Arc<C>,
    contact: watch::Receiver<impl Contact>,
    mut rng: Rng,
) {
    tasks.spawn(overdue::let_go(Arc::clone(&node.local)));
    let (local, means) = (Arc::clone(&node.local), node.means.clone());
    tasks.spawn(checks::carry_out(local, Arc::clone(&catalog), means, rng.fork()));
    tasks.spawn(anti_entropy::run(catalog, Arc::clone(&node.local), contact, node.gossip.clone(), rng));
}

impl LocalState {
    /// Of an agent with this configuration, which holds what it held before and what its files define. Waits for the disk:
    /// nothing else goes on before.
    pub(crate) fn load(config: &Config, rng: Rng) -> Result<Self, StartError> {
        let settings = Settings {
            node: local::node(config),
            sidecar_ports: config.local.sidecar_ports.clone(),
            check_update_interval: config.local.check_update_interval,
            discard_check_output: config.local.discard_check_output,
            scripts: config.checks.scripts,
        };
        let folder = config.data_dir.as_ref().map(Place::real);
        let store = folder.map(Store::open).transpose();
        let store = store.map_err(|source| StartError::Kept { folder: "services", source })?;
        let mut state = State::new(settings);
        load::load(&mut state, &config.local.definitions, store.as_ref())?;
        Ok(Self {
            held: Shared::new(state),
            store,
            node_name: config.node_name.as_str().into(),
            rng: Mutex::new(rng),
            began: Clock::now(),
            turn: tokio::sync::Mutex::default(),
            tried: watch::Sender::new(0),
            is_silent: AtomicBool::new(false),
            patience: config.rpc_hold_timeout,
            output_max: config.checks.output_bytes_max,
        })
    }

    /// The time on the clock that checks are counted by.
    pub(crate) fn now(&self) -> Instant {
        Instant::ZERO + self.began.elapsed()
    }

    /// What carrying a check out said.
    pub(crate) fn update_check(&self, id: &str, status: &str, output: &str) {
        let (now, rng) = (self.now(), &mut *self.rng.lock());
        self.held.change(|state| state.update_check(id, status, output, now, rng));
    }

    /// Has outputs written that have waited long enough; tells when the next one has.
    pub(crate) fn ripen(&self) -> Option<tokio::time::Instant> {
        let now = self.now();
        let next = self.held.change(|state| state.ripen(now))?;
        Some(tokio::time::Instant::now() + next.since(now))
    }

    /// How often anything has changed.
    pub(crate) fn version(&self) -> u64 {
        self.held.look(|state| state.version().any)
    }

    /// Tells the catalog nothing more: the leader takes a node out that has left, and must not find it there again.
    pub(crate) fn fall_silent(&self) {
        self.is_silent.store(true, Ordering::Relaxed);
    }

    /// Whether the catalog is told nothing more.
    pub(crate) fn is_silent(&self) -> bool {
        self.is_silent.load(Ordering::Relaxed)
    }

    /// It was tried to tell the catalog everything up to this version.
    pub(crate) fn tried(&self, version: u64) {
        self.tried.send_if_modified(|tried| std::mem::replace(tried, version.max(*tried)) < version);
    }

    /// Returns when it was tried to tell the catalog what is held now: who registers something finds it there, if there are
    /// servers that answer.
    async fn until_tried(&self) {
        let (version, mut tried) = (self.version(), self.tried.subscribe());
        let trying = tried.wait_for(|tried| *tried >= version);
        // Held it is in any case.
        let _ = tokio::time::timeout(self.patience, trying).await;
    }
}
