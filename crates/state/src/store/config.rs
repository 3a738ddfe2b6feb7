//! What can be read of config entries, and of the discovery chains they make.

use std::sync::Arc;

use proconsul_base::index::Index;
use proconsul_types::config_entry::{ConfigRecord, Kind};
use proconsul_types::discovery_chain::CompiledChain;

use super::View;
use crate::chain::{self, ChainError, ChainRequest, Entries};

impl View {
    /// One config entry; its name is found whatever the case of its letters.
    pub fn config_entry(&self, kind: Kind, name: &str) -> Option<Arc<ConfigRecord>> {
        self.tables.config_entry(kind, name)
    }

    /// The config entries of a kind, or of all kinds, in the order of kinds and names.
    pub fn config_entries(&self, kind: Option<Kind>) -> Vec<Arc<ConfigRecord>> {
        let kinds = kind.map_or(Kind::ALL.to_vec(), |kind| vec![kind]);
        kinds.into_iter().flat_map(|kind| self.tables.config_entries_of(kind)).collect()
    }

    /// The index to wait on for config entries: the last change of any of them, intentions of services included.
    pub fn config_index(&self) -> Index {
        self.tables.config_entries.changed().max(self.tables.intentions.changed())
    }

    /// The index to wait on for discovery chains, which know no intentions: the last change of any other config entry.
    pub fn chain_index(&self) -> Index {
        self.tables.config_entries.changed()
    }

    /// The discovery chain of a service.
    pub fn discovery_chain(&self, request: &ChainRequest<'_>) -> Result<CompiledChain, ChainError> {
        chain::compile(&self.tables.config_entries.unchanged(), request)
    }

    /// The config entries, as far as chains and proxies are made of them.
    pub fn chain_entries(&self) -> impl Entries {
        self.tables.config_entries.unchanged()
    }
}
