//! The door's calls as a client agent answers them: one file per family; a record out, a record in.
//!
//! What a server refuses is told in its words. What only the agent itself knows, the agent around it answers.

mod agent;
mod ask;
mod catalog;
mod config;
mod coordinate;
mod event;
mod health;
mod intention;
mod kv;
mod operator;
mod query;
mod session;
mod snapshot;
mod status;
mod txn;
mod ui;

use std::sync::Arc;

use parking_lot::Mutex;
use proconsul_base::rand::Rng;
use proconsul_types::node::Text;

use crate::forward::{Forward, Transport};

/// What a client agent is told about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The name of its datacenter.
    pub datacenter: String,
    /// The name of its node.
    pub node_name: Text,
    /// Whether it answers for the service mesh.
    pub mesh: bool,
}

/// A client agent, as the doors call it.
#[derive(Debug)]
pub struct Client<T, L> {
    forward: Arc<Forward<T>>,
    local: Arc<L>,
    settings: Settings,
    rng: Mutex<Rng>,
}

impl<T: Transport, L: Send + Sync + 'static> Client<T, L> {
    /// Passes calls on by `forward`; `local` is the agent itself.
    pub fn new(forward: Arc<Forward<T>>, local: Arc<L>, settings: Settings, rng: Rng) -> Self {
        Self { forward, local, settings, rng: Mutex::new(rng) }
    }

    /// The datacenter that is meant when this one is asked for.
    fn datacenter(&self, asked: Option<&str>) -> String {
        asked.unwrap_or(&self.settings.datacenter).to_owned()
    }
}
