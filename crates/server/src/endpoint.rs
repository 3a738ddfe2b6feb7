//! The door's calls as a server answers them: one file per family; authorize, then read or propose.

mod agent;
mod ask;
mod catalog;
mod central;
mod config;
mod coordinate;
mod event;
mod health;
mod instances;
mod intention;
mod kv;
mod operator;
mod query;
mod read;
mod session;
mod snapshot;
mod status;
mod txn;
mod ui;
mod write;

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use proconsul_base::rand::Rng;
use proconsul_calls::error::CallError;
use proconsul_state::store::Store;

use crate::local::Local;
use crate::replica::Replica;
use instances::Memo;
pub use proconsul_calls::read::QueryTime;

/// What a server is told about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The name of its datacenter.
    pub datacenter: String,
    /// The name of its node.
    pub node_name: String,
    /// How long reads may wait.
    pub query_time: QueryTime,
    /// The shortest time to live that a session may ask for.
    pub session_ttl_min: Duration,
}

/// A server, as the doors call it.
#[derive(Debug)]
pub struct Server<R, L> {
    replica: Arc<R>,
    local: Arc<L>,
    store: Arc<Store>,
    settings: Settings,
    rng: Mutex<Rng>,
    memo: Memo,
}

impl<R: Replica, L: Local> Server<R, L> {
    /// A server over a replicated store. The generator spreads the ends of waiting reads.
    pub fn new(replica: Arc<R>, local: Arc<L>, store: Arc<Store>, settings: Settings, rng: Rng) -> Self {
        Self { replica, local, store, settings, rng: Mutex::new(rng), memo: Memo::default() }
    }

    fn own_datacenter(&self, asked: Option<&str>) -> Result<(), CallError> {
        match asked {
            Some(other) if other != self.settings.datacenter => Err(CallError::NoPathToDatacenter),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
