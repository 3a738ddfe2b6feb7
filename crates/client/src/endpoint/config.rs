//! Config entries, discovery chains, and the services behind gateways.

use std::convert::Infallible;
use std::sync::Arc;

use proconsul_calls::config::{ConfigCalls, DeleteEntry, GetChain, GetEntry, ListEntries, SetEntry};
use proconsul_calls::error::CallError;
use proconsul_calls::read::{Answer, ReadOptions};
use proconsul_gopack::Embed;
use proconsul_records::catalog::{DcSpecific, GatewayServices, ServiceSpecific};
use proconsul_records::chain::{DiscoveryChain, DiscoveryChainRequest};
use proconsul_records::config_entry::{
    ConfigEntries, ConfigEntryQuery, ConfigEntryReply, ConfigEntryRequest, GenericConfigEntries,
};
use proconsul_records::options::QueryOptions;
use proconsul_records::service::MeshGatewayConfig;
use proconsul_types::config_entry::{ConfigEntry, ConfigRecord, Kind as EntryKind};
use proconsul_types::discovery_chain::CompiledChain;
use proconsul_types::gateway::GatewayService;
use serde::Deserialize;
use serde::de::value::{Error as ValueError, MapDeserializer};

use super::Client;
use super::ask::unreadable;
use crate::forward::{Kind, Transport};

/// What came of a deletion; servers of 1.8 say nothing.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Deleted {
    deleted: bool,
}

impl Default for Deleted {
    fn default() -> Self {
        Self { deleted: true }
    }
}

impl<T: Transport, L: Send + Sync + 'static> ConfigCalls for Client<T, L> {
    async fn config_get(&self, get: GetEntry<'_>) -> Result<Answer<Option<Arc<ConfigRecord>>>, CallError> {
        let own = ConfigEntryQuery {
            datacenter: self.datacenter(get.options.datacenter.as_deref()),
            kind: get.kind.to_string(),
            name: get.name.to_owned(),
        };
        let question = Embed { own, embedded: QueryOptions::from(&get.options) };
        let found: ConfigEntryReply = self.call("ConfigEntry.Get", Kind::Read, &question).await?;
        Ok(found.meta.answer(found.record.map(Arc::new)))
    }

    async fn config_list(&self, list: ListEntries) -> Result<Answer<Vec<Arc<ConfigRecord>>>, CallError> {
        let datacenter = self.datacenter(list.options.datacenter.as_deref());
        let embedded = QueryOptions::from(&list.options);
        let (records, meta) = match list.kind {
            Some(kind) => {
                let own = ConfigEntryQuery { datacenter, kind: kind.to_string(), name: String::new() };
                let question = Embed { own, embedded };
                let found: ConfigEntries = self.call("ConfigEntry.List", Kind::Read, &question).await?;
                (found.records, found.meta)
            }
            None => {
                let question = Embed { own: DcSpecific { datacenter, ..DcSpecific::default() }, embedded };
                let found: GenericConfigEntries = self.call("ConfigEntry.ListAll", Kind::Read, &question).await?;
                (found.records, found.meta)
            }
        };
        Ok(meta.answer(records.into_iter().map(Arc::new).collect()))
    }

    async fn config_set(&self, set: SetEntry) -> Result<bool, CallError> {
        let op = if set.cas.is_some() { "upsert-cas" } else { "upsert" };
        let modify_index = set.cas.map_or(0, |index| index.0);
        let record = ConfigRecord { entry: set.entry, create_index: 0, modify_index };
        self.call("ConfigEntry.Apply", Kind::Write, &self.config_write(record, op)).await
    }

    async fn config_delete(&self, delete: DeleteEntry) -> Result<bool, CallError> {
        let op = if delete.cas.is_some() { "delete-cas" } else { "delete" };
        let modify_index = delete.cas.map_or(0, |index| index.0);
        let entry = named(delete.kind, &delete.name).map_err(|error| unreadable("ConfigEntry.Delete", &error))?;
        let record = ConfigRecord { entry, create_index: 0, modify_index };
        let outcome: Deleted = self.call("ConfigEntry.Delete", Kind::Write, &self.config_write(record, op)).await?;
        Ok(outcome.deleted)
    }

    async fn discovery_chain(&self, chain: GetChain<'_>) -> Result<Answer<CompiledChain>, CallError> {
        let question = DiscoveryChainRequest {
            datacenter: self.datacenter(chain.options.datacenter.as_deref()),
            evaluate_in_datacenter: self.datacenter(chain.compiled_for),
            evaluate_in_namespace: "default".to_owned(),
            name: chain.service.to_owned(),
            override_connect_timeout: chain.connect_timeout.0,
            override_mesh_gateway: MeshGatewayConfig { mode: chain.mesh_gateway },
            override_protocol: chain.protocol,
        };
        let value = |found: DiscoveryChain| found.chain.ok_or("there is no chain in it");
        self.read("DiscoveryChain.Get", question, &chain.options, value).await
    }

    async fn gateway_services(
        &self,
        gateway: &str,
        options: ReadOptions,
    ) -> Result<Answer<Vec<GatewayService>>, CallError> {
        let datacenter = self.datacenter(options.datacenter.as_deref());
        let question = ServiceSpecific { datacenter, service_name: gateway.to_owned(), ..ServiceSpecific::default() };
        let value = |found: GatewayServices| {
            Ok::<_, Infallible>(found.services.unwrap_or_default().into_iter().map(Into::into).collect())
        };
        self.read("Catalog.GatewayServices", question, &options, value).await
    }

    fn mesh_is_on(&self) -> bool {
        self.settings.mesh
    }
}

impl<T: Transport, L: Send + Sync + 'static> Client<T, L> {
    fn config_write(&self, record: ConfigRecord, op: &str) -> ConfigEntryRequest {
        ConfigEntryRequest { datacenter: self.datacenter(None), record, op: op.to_owned(), token: String::new() }
    }
}

/// An entry that says nothing but its name.
fn named(kind: EntryKind, name: &str) -> Result<ConfigEntry, ValueError> {
    ConfigEntry::of_kind(kind, MapDeserializer::new([("Name", name)].into_iter()))
}
