//! Config entries, discovery chains, and the services behind gateways.

use std::sync::Arc;

use proconsul_calls::config::{ConfigCalls, ConfigError, DeleteEntry, GetChain, GetEntry, ListEntries, SetEntry};
use proconsul_calls::error::CallError;
use proconsul_calls::read::{Answer, ReadOptions};
use proconsul_state::chain::{ChainRequest, Overrides};
use proconsul_state::command::Command;
use proconsul_state::command::config::{ConfigCommand, EntryName};
use proconsul_state::watch::{Table, Topic};
use proconsul_types::config_entry::{ConfigRecord, Kind};
use proconsul_types::discovery_chain::CompiledChain;
use proconsul_types::gateway::GatewayService;

use super::Server;
use crate::authorize::{Right, authorize};
use crate::local::Local;
use crate::replica::Replica;

const ENTRIES: Topic<'_> = Topic::Table(Table::ConfigEntries);

impl<R: Replica, L: Local> ConfigCalls for Server<R, L> {
    async fn config_get(&self, get: GetEntry<'_>) -> Result<Answer<Option<Arc<ConfigRecord>>>, CallError> {
        authorize(reading(get.kind, get.name))?;
        self.read(&get.options, ENTRIES, |store| {
            let view = store.view();
            (view.config_entry(get.kind, get.name), view.config_index())
        })
        .await
    }

    async fn config_list(&self, list: ListEntries) -> Result<Answer<Vec<Arc<ConfigRecord>>>, CallError> {
        self.read(&list.options, ENTRIES, |store| {
            let view = store.view();
            let mut records = view.config_entries(list.kind);
            records.retain(|record| authorize(reading(record.entry.kind(), record.entry.name())).is_ok());
            (records, view.config_index())
        })
        .await
    }

    async fn config_set(&self, set: SetEntry) -> Result<bool, CallError> {
        let SetEntry { mut entry, cas } = set;
        entry.normalize();
        entry.validate().map_err(ConfigError::from)?;
        authorize(writing(entry.kind(), entry.name()))?;
        let entry = Box::new(entry);
        let command = match cas {
            Some(index) => ConfigCommand::SetCas(entry, index),
            None => ConfigCommand::Set(entry),
        };
        self.propose(&Command::Config(command)).await
    }

    async fn config_delete(&self, delete: DeleteEntry) -> Result<bool, CallError> {
        let DeleteEntry { kind, name, cas } = delete;
        authorize(writing(kind, &name))?;
        let name = EntryName { kind, name };
        let command = match cas {
            Some(index) => ConfigCommand::DeleteCas(name, index),
            None => ConfigCommand::Delete(name),
        };
        self.propose(&Command::Config(command)).await
    }

    async fn discovery_chain(&self, chain: GetChain<'_>) -> Result<Answer<CompiledChain>, CallError> {
        let trust_domain = self.local.trust_domain().ok_or(ConfigError::MeshOff)?;
        authorize(Right::ServiceRead(chain.service))?;
        let own = &*self.settings.datacenter;
        let request = ChainRequest {
            service: chain.service,
            datacenter: chain.compiled_for.unwrap_or(own),
            used_in: own,
            trust_domain: &trust_domain,
            overrides: Overrides {
                mesh_gateway: chain.mesh_gateway,
                protocol: chain.protocol,
                connect_timeout: chain.connect_timeout,
            },
        };
        let answer = self.read(&chain.options, ENTRIES, |store| {
            let view = store.view();
            (view.discovery_chain(&request), view.chain_index())
        });
        let Answer { index, contact, value } = answer.await?;
        let value = value.map_err(|error| ConfigError::Chain(error.to_string()))?;
        Ok(Answer { index, contact, value })
    }

    async fn gateway_services(
        &self,
        gateway: &str,
        options: ReadOptions,
    ) -> Result<Answer<Vec<GatewayService>>, CallError> {
        authorize(Right::ServiceRead(gateway))?;
        self.read(&options, Topic::Table(Table::Services), |store| {
            let view = store.view();
            let mut services = view.gateway_services(gateway);
            services.retain(|behind| authorize(Right::ServiceRead(&behind.service.name)).is_ok());
            (services, view.gateways_index())
        })
        .await
    }

    fn mesh_is_on(&self) -> bool {
        self.local.trust_domain().is_some()
    }
}

/// What reading an entry needs, by its kind.
fn reading(kind: Kind, name: &str) -> Right<'_> {
    match kind {
        Kind::ProxyDefaults | Kind::Mesh | Kind::ExportedServices => Right::MeshRead,
        Kind::ServiceIntentions => Right::IntentionRead(name),
        _ => Right::ServiceRead(name),
    }
}

/// What writing an entry needs, by its kind.
fn writing(kind: Kind, name: &str) -> Right<'_> {
    match kind {
        Kind::ServiceDefaults | Kind::ServiceRouter | Kind::ServiceSplitter | Kind::ServiceResolver => {
            Right::ServiceWrite(name)
        }
        Kind::ServiceIntentions => Right::IntentionWrite(name),
        _ => Right::MeshWrite,
    }
}
