//! Config entries, the discovery chains they make, and the services that gateways stand for.

use std::future::Future;
use std::sync::Arc;

use proconsul_base::index::Index;
use proconsul_types::config_entry::{ConfigEntry, ConfigRecord, EntryError, Kind, Span};
use proconsul_types::discovery_chain::CompiledChain;
use proconsul_types::gateway::GatewayService;

use crate::error::CallError;
use crate::read::{Answer, ReadOptions};

/// `/v1/config` and what is computed from it. Config entries belong to the first datacenter: writes name none.
pub trait ConfigCalls {
    /// `GET /v1/config/:kind/:name`.
    fn config_get(
        &self,
        get: GetEntry<'_>,
    ) -> impl Future<Output = Result<Answer<Option<Arc<ConfigRecord>>>, CallError>> + Send;

    /// `GET /v1/config/:kind`, in the order of kinds and names.
    fn config_list(
        &self,
        list: ListEntries,
    ) -> impl Future<Output = Result<Answer<Vec<Arc<ConfigRecord>>>, CallError>> + Send;

    /// `PUT /v1/config`: whether the change took place.
    fn config_set(&self, set: SetEntry) -> impl Future<Output = Result<bool, CallError>> + Send;

    /// `DELETE /v1/config/:kind/:name`: whether the change took place.
    fn config_delete(&self, delete: DeleteEntry) -> impl Future<Output = Result<bool, CallError>> + Send;

    /// `/v1/discovery-chain/:service`.
    fn discovery_chain(
        &self,
        chain: GetChain<'_>,
    ) -> impl Future<Output = Result<Answer<CompiledChain>, CallError>> + Send;

    /// `GET /v1/catalog/gateway-services/:gateway`, in the order of the services' names.
    fn gateway_services(
        &self,
        gateway: &str,
        options: ReadOptions,
    ) -> impl Future<Output = Result<Answer<Vec<GatewayService>>, CallError>> + Send;

    /// Whether the mesh is on (`connect.enabled`): without it there are no chains and no certificates.
    fn mesh_is_on(&self) -> bool;
}

/// One config entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GetEntry<'a> {
    /// Its kind.
    pub kind: Kind,
    /// Its name, in letters of any case.
    pub name: &'a str,
    /// How to read.
    pub options: ReadOptions,
}

/// The config entries of a kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListEntries {
    /// The kind; `None` for all.
    pub kind: Option<Kind>,
    /// How to read.
    pub options: ReadOptions,
}

/// A config entry to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetEntry {
    /// The entry, as the user wrote it.
    pub entry: ConfigEntry,
    /// Only when the entry was last changed at this index; index 0: only when there is none.
    pub cas: Option<Index>,
}

/// A config entry to remove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteEntry {
    /// Its kind.
    pub kind: Kind,
    /// Its name, in letters of any case.
    pub name: String,
    /// Only when the entry was last changed at this index.
    pub cas: Option<Index>,
}

/// The discovery chain of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GetChain<'a> {
    /// The service.
    pub service: &'a str,
    /// The datacenter it is compiled for; `None` for the agent's own.
    pub compiled_for: Option<&'a str>,
    /// How the caller wants other datacenters to be reached: `none`, `local`, `remote`, or empty for no wish.
    pub mesh_gateway: String,
    /// What the caller wants the chain to speak; empty for no wish.
    pub protocol: String,
    /// How long the caller wants connections to take at most; 0 for no wish.
    pub connect_timeout: Span,
    /// How to read.
    pub options: ReadOptions,
}

/// Why config entries cannot be kept or used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// An entry that makes no sense by itself.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// Config entries that make no chain, in Consul's words.
    #[error("{0}")]
    Chain(String),
    /// The mesh is off.
    #[error("Connect must be enabled in order to use this endpoint")]
    MeshOff,
    /// There is nobody who issues certificates.
    #[error("this version has no certificate authority; intentions and discovery chains work without one")]
    NoAuthority,
}
