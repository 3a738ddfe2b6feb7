//! The door's calls as a server answers them: one file per family; authorize, then read or propose.

mod kv;
mod read;
mod write;

use std::net::SocketAddr;
use std::sync::Arc;

use parking_lot::Mutex;
use proconsul_base::rand::Rng;
use proconsul_calls::door::Door;
use proconsul_calls::error::CallError;
use proconsul_calls::kv::{Get, Keys, List, Write};
use proconsul_calls::read::{Answer, ReadOptions};
use proconsul_state::store::Store;
use proconsul_types::agent::{AgentSelf, Member};
use proconsul_types::kv::{Key, KvEntry};
use proconsul_types::operator::RaftConfiguration;

use crate::authorize::{Right, authorize};
pub use crate::blocking::QueryTime;
use crate::local::Local;
use crate::replica::Replica;

/// What a server is told about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The name of its datacenter.
    pub datacenter: String,
    /// How long reads may wait.
    pub query_time: QueryTime,
}

/// A server, as the doors call it.
#[derive(Debug)]
pub struct Server<R, L> {
    replica: Arc<R>,
    local: Arc<L>,
    store: Arc<Store>,
    settings: Settings,
    rng: Mutex<Rng>,
}

impl<R: Replica, L: Local> Server<R, L> {
    /// A server over a replicated store. The generator spreads the ends of waiting reads.
    pub fn new(replica: Arc<R>, local: Arc<L>, store: Arc<Store>, settings: Settings, rng: Rng) -> Self {
        Self { replica, local, store, settings, rng: Mutex::new(rng) }
    }

    fn own_datacenter(&self, asked: Option<&str>) -> Result<(), CallError> {
        match asked {
            Some(other) if other != self.settings.datacenter => Err(CallError::NoPathToDatacenter),
            _ => Ok(()),
        }
    }
}

impl<R: Replica, L: Local> Door for Server<R, L> {
    async fn kv_get(&self, get: Get<'_>) -> Result<Answer<Option<Arc<KvEntry>>>, CallError> {
        self.get(get).await
    }

    async fn kv_list(&self, list: List<'_>) -> Result<Answer<Vec<Arc<KvEntry>>>, CallError> {
        self.list(list).await
    }

    async fn kv_keys(&self, keys: Keys<'_>) -> Result<Answer<Vec<Key>>, CallError> {
        self.keys(keys).await
    }

    async fn kv_write(&self, write: Write) -> Result<bool, CallError> {
        self.write(write).await
    }

    fn status_leader(&self, datacenter: Option<&str>) -> Result<Option<SocketAddr>, CallError> {
        self.own_datacenter(datacenter)?;
        Ok(self.replica.leader())
    }

    fn status_peers(&self, datacenter: Option<&str>) -> Result<Vec<SocketAddr>, CallError> {
        self.own_datacenter(datacenter)?;
        Ok(self.replica.peers())
    }

    fn catalog_datacenters(&self) -> Vec<String> {
        self.local.datacenters()
    }

    async fn raft_configuration(&self, options: ReadOptions) -> Result<RaftConfiguration, CallError> {
        authorize(Right::OperatorRead)?;
        self.fresh(&options).await?;
        Ok(self.replica.raft_configuration())
    }

    fn agent_members(&self, wide_area: bool) -> Vec<Member> {
        self.local.members(wide_area)
    }

    fn agent_self(&self) -> AgentSelf {
        self.local.agent_self()
    }

    async fn agent_leave(&self) -> Result<(), CallError> {
        self.local.leave().await;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
