//! The node as doors and endpoints see it: members from gossip, figures of its role, configuration as it was checked.

mod debug;
mod describe;
mod heard;
mod joined;
mod monitor;
mod pool;
mod server;
mod stats;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use parking_lot::RwLock;
use proconsul_agent::Config;
use proconsul_agent::event::History;
use proconsul_agent::watch::Watch;
use proconsul_checks::Means;
use proconsul_types::agent::Coordinate;
use tokio::sync::{Notify, watch};

pub(crate) use self::stats::section;
use crate::local_state::LocalState;
use crate::metrics::Followers;
use crate::reload::Reload;
use crate::resolve::Resolver;
use crate::role::Role;

/// What the doors of this node ask it.
pub(crate) struct Node {
    pub(crate) config: Arc<Config>,
    pub(crate) gossip: proconsul_gossip::Handle,
    /// Server or client agent.
    pub(crate) role: Role,
    /// What gossip's task told last about itself.
    pub(crate) figures: RwLock<Figures>,
    /// Wakes whoever waits to stop the node after it has left.
    pub(crate) left: Arc<Notify>,
    /// Whether it is on its way out of the cluster.
    pub(crate) leaving: AtomicBool,
    /// The user events that were heard.
    pub(crate) events: Arc<History>,
    /// The services and checks it holds.
    pub(crate) local: Arc<LocalState>,
    /// What its checks are carried out with.
    pub(crate) means: Means,
    /// What can be changed while it runs.
    pub(crate) reload: Arc<Reload>,
    /// Those who wait for intervals of metrics.
    pub(crate) followers: Followers,
    /// Where names are asked.
    pub(crate) resolver: Arc<Resolver>,
    /// The watches of the configuration.
    pub(crate) watches: watch::Sender<Arc<[Watch]>>,
}

/// What a node is made of, each as in [`Node`].
pub(crate) struct Parts {
    pub(crate) config: Arc<Config>,
    pub(crate) gossip: proconsul_gossip::Handle,
    pub(crate) role: Role,
    pub(crate) left: Arc<Notify>,
    pub(crate) local: Arc<LocalState>,
    pub(crate) means: Means,
    pub(crate) reload: Arc<Reload>,
    pub(crate) resolver: Arc<Resolver>,
}

/// What only gossip's own task knows; asked once a second, so that answers need not wait for it.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    coordinate: Option<Coordinate>,
    gossip: proconsul_gossip::Stats,
}

/// Keeps the figures fresh until the pool stops.
pub(crate) async fn refresh(node: Arc<Node>) {
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    while let (Ok(coordinate), Ok(gossip)) = (node.gossip.coordinate().await, node.gossip.stats().await) {
        let coordinate = Some(Coordinate {
            vec: coordinate.vector.to_vec(),
            error: coordinate.error,
            adjustment: coordinate.adjustment,
            height: coordinate.height,
        });
        *node.figures.write() = Figures { coordinate, gossip };
        seconds.tick().await;
    }
}

impl Node {
    /// A node that has just been started.
    pub(crate) fn new(parts: Parts) -> Self {
        let Parts { config, gossip, role, left, local, means, reload, resolver } = parts;
        Self {
            watches: watch::Sender::new(config.watches.clone().into()),
            config,
            gossip,
            role,
            figures: RwLock::default(),
            left,
            leaving: AtomicBool::new(false),
            events: Arc::default(),
            local,
            means,
            reload,
            followers: Followers::default(),
            resolver,
        }
    }

    /// What gossip last told of itself.
    pub(crate) fn gossip_stats(&self) -> proconsul_gossip::Stats {
        self.figures.read().gossip.clone()
    }

    /// Where gossip last saw this node.
    pub(crate) fn coordinate(&self) -> Option<Coordinate> {
        self.figures.read().coordinate.clone()
    }
}
