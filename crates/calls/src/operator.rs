//! What operators ask for.

use std::future::Future;
use std::sync::Arc;

use proconsul_base::index::Index;
use proconsul_types::autopilot::{Configuration, Health};
use proconsul_types::operator::{RaftConfiguration, Usage};

use crate::error::CallError;
use crate::read::{Answer, ReadOptions};

/// `/v1/operator/`.
pub trait OperatorCalls {
    /// The Raft configuration; without `Stale` only when there is a leader. Does not wait for changes.
    fn raft_configuration(
        &self,
        options: ReadOptions,
    ) -> impl Future<Output = Result<RaftConfiguration, CallError>> + Send;

    /// Removes a server from the Raft membership.
    fn raft_remove_peer(
        &self,
        datacenter: Option<Box<str>>,
        peer: Peer,
    ) -> impl Future<Output = Result<(), CallError>> + Send;

    /// Hands leadership over to the server of this node id, or to whoever is best prepared: whether one took over.
    fn raft_transfer_leader(
        &self,
        datacenter: Option<Box<str>>,
        to: Option<&str>,
    ) -> impl Future<Output = Result<bool, CallError>> + Send;

    /// What autopilot goes by. Does not wait for changes.
    fn autopilot_configuration(
        &self,
        options: ReadOptions,
    ) -> impl Future<Output = Result<Arc<Configuration>, CallError>> + Send;

    /// Says what autopilot is to go by: whether the condition held.
    fn autopilot_set(&self, set: SetAutopilot) -> impl Future<Output = Result<bool, CallError>> + Send;

    /// How the servers are, as the leader judges it.
    fn autopilot_health(&self, datacenter: Option<Box<str>>) -> impl Future<Output = Result<Health, CallError>> + Send;

    /// How much is in the catalog.
    fn operator_usage(
        &self,
        options: ReadOptions,
    ) -> impl Future<Output = Result<Answer<(String, Usage)>, CallError>> + Send;
}

/// How an operator names a server of the Raft membership.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peer {
    /// By its node id.
    Id(String),
    /// By the `ip:port` of its server port.
    Address(String),
}

/// What autopilot is to go by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAutopilot {
    /// The datacenter to write to; `None` for the agent's own.
    pub datacenter: Option<Box<str>>,
    /// The configuration; its indexes are not looked at.
    pub configuration: Configuration,
    /// Only if it was last changed at this index.
    pub cas: Option<Index>,
}

/// Why the Raft membership was not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RaftError {
    /// No server has this id.
    #[error("id {0:?} was not found in the Raft configuration")]
    UnknownId(String),
    /// No server has this address.
    #[error("address {0:?} was not found in the Raft configuration")]
    UnknownAddress(String),
    /// It is the last voter, or the leader could not make the change now.
    #[error("the leader did not remove the server; it may be the last voter")]
    NotRemoved,
    /// Leadership was to go to nobody who can have it.
    #[error("cannot find peer with id {0:?} among the voters")]
    NoSuccessor(String),
}
