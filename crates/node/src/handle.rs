//! A running agent, from outside: what it tells, how it leaves, and how it stops, in the reverse order of its start.

use std::net::SocketAddr;
use std::sync::Arc;

use proconsul_agent::Config;
use proconsul_calls::door::Door;
use proconsul_consensus as consensus;
use proconsul_gossip as gossip;
use tokio::sync::watch;
use tokio::task::{JoinSet, spawn_blocking};

use crate::HAND_OVER_PATIENCE;
use crate::local::Node;
use crate::start;

/// Why a node is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shutdown {
    /// It has left the cluster on request.
    Left,
    /// The cluster has removed it while it was away, or an operator has: started again, it joins as a new server.
    Removed,
    /// `-retry-max` attempts to join have failed.
    JoinExhausted,
    /// The disk or the state failed: nothing more can be promised.
    Fatal(String),
}

/// A running agent.
pub struct Handle {
    pub(crate) config: Arc<Config>,
    pub(crate) consensus: consensus::Handle,
    pub(crate) gossip: gossip::Handle,
    pub(crate) node: Arc<Node>,
    pub(crate) door: Arc<start::Door>,
    pub(crate) over: watch::Sender<Option<Shutdown>>,
    pub(crate) closing: watch::Sender<bool>,
    pub(crate) doors: JoinSet<()>,
    pub(crate) tasks: JoinSet<()>,
    pub(crate) stop_consensus: Box<dyn FnOnce() + Send>,
    pub(crate) http: Vec<SocketAddr>,
}

impl Handle {
    /// Returns when the node ends by itself, and why.
    pub async fn wait_shutdown(&self) -> Shutdown {
        let mut over = self.over.subscribe();
        let over = over.wait_for(Option::is_some).await.ok().and_then(|over| over.clone());
        over.unwrap_or(Shutdown::Left)
    }

    /// The configuration that runs.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Where the HTTP API listens.
    pub fn http_addresses(&self) -> &[SocketAddr] {
        &self.http
    }

    /// What answers: the same that the doors of this agent call.
    pub fn door(&self) -> Arc<impl Door> {
        Arc::clone(&self.door)
    }

    /// Leaves the cluster on purpose: hands leadership over, tells everybody, and waits until that has spread.
    pub async fn leave(&self) {
        self.node.depart().await;
    }

    /// Stops without leaving: hands leadership over first, answers what is under way, then ends everything.
    pub async fn stop(mut self) {
        self.consensus.hand_over(HAND_OVER_PATIENCE).await;
        self.closing.send_replace(true);
        while self.doors.join_next().await.is_some() {}
        self.tasks.abort_all();
        while self.tasks.join_next().await.is_some() {}
        self.gossip.shutdown().await;
        let stop = self.stop_consensus;
        // A panic there has been reported already, and the process ends anyway.
        let _ = spawn_blocking(stop).await;
    }
}
