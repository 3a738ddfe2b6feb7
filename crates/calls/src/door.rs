//! The trait a front door calls: answered here, or forwarded; the door cannot tell.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use proconsul_types::agent::{AgentSelf, Member};
use proconsul_types::kv::{Key, KvEntry};
use proconsul_types::operator::RaftConfiguration;

use crate::error::CallError;
use crate::kv;
use crate::read::{Answer, ReadOptions};

/// Everything the doors may ask. Doors are generic over it, so a call is a plain function call.
pub trait Door: Send + Sync + 'static {
    /// `GET /v1/kv/:key`.
    fn kv_get(&self, get: kv::Get<'_>) -> impl Future<Output = Result<Answer<Option<Arc<KvEntry>>>, CallError>> + Send;

    /// `GET /v1/kv/:prefix?recurse`.
    fn kv_list(&self, list: kv::List<'_>) -> impl Future<Output = Result<Answer<Vec<Arc<KvEntry>>>, CallError>> + Send;

    /// `GET /v1/kv/:prefix?keys`.
    fn kv_keys(&self, keys: kv::Keys<'_>) -> impl Future<Output = Result<Answer<Vec<Key>>, CallError>> + Send;

    /// `PUT` and `DELETE /v1/kv/:key`: whether the change took place.
    fn kv_write(&self, write: kv::Write) -> impl Future<Output = Result<bool, CallError>> + Send;

    /// The leader's address on the server port, if there is a leader.
    fn status_leader(&self, datacenter: Option<&str>) -> Result<Option<SocketAddr>, CallError>;

    /// The addresses of the Raft peers on the server port.
    fn status_peers(&self, datacenter: Option<&str>) -> Result<Vec<SocketAddr>, CallError>;

    /// The names of the known datacenters, nearest first.
    fn catalog_datacenters(&self) -> Vec<String>;

    /// The Raft configuration; without `Stale` only when there is a leader. Does not wait for changes.
    fn raft_configuration(
        &self,
        options: ReadOptions,
    ) -> impl Future<Output = Result<RaftConfiguration, CallError>> + Send;

    /// The members as gossip sees them, of the local or of the wide-area pool.
    fn agent_members(&self, wide_area: bool) -> Vec<Member>;

    /// What the agent says about itself.
    fn agent_self(&self) -> AgentSelf;

    /// Leaves the cluster and stops the agent.
    fn agent_leave(&self) -> impl Future<Output = Result<(), CallError>> + Send;
}
