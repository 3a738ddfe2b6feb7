//! A running agent, from outside: what it tells, how it leaves, and how it stops, in the reverse order of its start.

use std::net::SocketAddr;
use std::sync::Arc;

use proconsul_agent::Config;
use proconsul_calls::agent::{AgentError, ReloadCalls};
use tokio::sync::watch;
use tokio::task::{JoinSet, spawn_blocking};

use crate::local::Node;

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
    pub(crate) node: Arc<Node>,
    pub(crate) over: watch::Sender<Option<Shutdown>>,
    pub(crate) closing: watch::Sender<bool>,
    pub(crate) doors: JoinSet<()>,
    pub(crate) tasks: JoinSet<()>,
    pub(crate) stop: Box<dyn FnOnce() + Send>,
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
        &self.node.config
    }

    /// Where the HTTP API listens.
    pub fn http_addresses(&self) -> &[SocketAddr] {
        &self.http
    }

    /// Reads the configuration again, and follows what of it can be followed; the error tells what is wrong with it.
    pub async fn reload(&self) -> Result<(), AgentError> {
        ReloadCalls::reload(&*self.node).await
    }

    /// Leaves the cluster on purpose: a leader hands over, then tells everybody, and waits until that has spread.
    pub async fn leave(&self) {
        self.node.depart().await;
    }

    /// Stops without leaving: hands leadership over first, answers what is under way, then ends everything.
    pub async fn stop(mut self) {
        self.node.role.hand_over().await;
        self.closing.send_replace(true);
        while self.doors.join_next().await.is_some() {}
        self.tasks.abort_all();
        while self.tasks.join_next().await.is_some() {}
        self.node.gossip.shutdown().await;
        let stop = self.stop;
        // A panic there has been reported already, and the process ends anyway.
        let _ = spawn_blocking(stop).await;
    }
}
