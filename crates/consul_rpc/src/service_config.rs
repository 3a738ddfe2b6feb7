//! `ConfigEntry.ResolveServiceConfig`: what config entries say about one proxy. Agents fill it into the proxies they register.

use std::collections::BTreeMap;
use std::sync::Arc;

use proconsul_calls::config::ListEntries;
use proconsul_calls::door::Door;
use proconsul_records::Read;
use proconsul_records::options::QueryMeta;
use proconsul_records::service_config::{ServiceConfig, ServiceConfigRequest, ServiceId, UpstreamConfig};
use proconsul_types::config_entry::{ConfigEntry, ConfigRecord, ProxyDefaults, ServiceDefaults};
use serde_json::Value;

use crate::refused::Refused;

const PROTOCOL: &str = "protocol";

/// The one name that defaults of proxies have.
const GLOBAL: &str = "global";

pub(crate) async fn resolve<D: Door>(door: &D, ask: Read<ServiceConfigRequest>) -> Result<ServiceConfig, Refused> {
    let options = ask.embedded.to_read(&ask.own.datacenter);
    let answer = door.config_list(ListEntries { kind: None, options }).await?;
    let entries = Entries(&answer.value);
    let mut config = entries.of_service(&ask.own.name);
    let upstreams = ask.own.upstream_ids.iter().flatten().map(|upstream| upstream.id.as_str());
    let by_id: Vec<_> = upstreams.filter_map(|name| entries.of_upstream(name)).collect();
    let legacy = ask.own.upstreams.iter().flatten().filter(|_| by_id.is_empty());
    let legacy: BTreeMap<_, _> = legacy.filter_map(|name| entries.of_upstream(name)).collect();
    config.upstream_id_configs = (!by_id.is_empty()).then(|| by_id.into_iter().map(upstream).collect());
    config.upstream_configs = (!legacy.is_empty()).then_some(legacy);
    config.meta = QueryMeta::new(answer.index, answer.contact);
    Ok(config)
}

fn upstream((id, config): (String, BTreeMap<String, Value>)) -> UpstreamConfig {
    UpstreamConfig { config: Some(config), upstream: ServiceId { id } }
}

/// All config entries.
struct Entries<'a>(&'a [Arc<ConfigRecord>]);

impl Entries<'_> {
    fn proxies(&self) -> Option<&ProxyDefaults> {
        self.0.iter().find_map(|record| match &record.entry {
            ConfigEntry::ProxyDefaults(defaults) if defaults.name == GLOBAL => Some(defaults),
            _ => None,
        })
    }

    fn service(&self, name: &str) -> Option<&ServiceDefaults> {
        self.0.iter().find_map(|record| match &record.entry {
            ConfigEntry::ServiceDefaults(defaults) if defaults.name.eq_ignore_ascii_case(name) => Some(defaults),
            _ => None,
        })
    }

    fn of_service(&self, name: &str) -> ServiceConfig {
        let mut config = ServiceConfig::default();
        if let Some(proxies) = self.proxies() {
            config.proxy_config.clone_from(&proxies.config);
            config.mesh_gateway = (&proxies.mesh_gateway).into();
            config.expose = (&proxies.expose).into();
        }
        if let Some(service) = self.service(name) {
            config.expose.checks |= service.expose.checks;
            if !service.expose.paths.is_empty() {
                config.expose.paths = proconsul_records::service::ExposeConfig::from(&service.expose).paths;
            }
            if !service.mesh_gateway.mode.is_empty() {
                config.mesh_gateway = (&service.mesh_gateway).into();
            }
            if !service.protocol.is_empty() {
                let settings = config.proxy_config.get_or_insert_default();
                settings.insert(PROTOCOL.to_owned(), service.protocol.clone().into());
            }
        }
        config
    }

    /// A service that the proxy calls, when anything is known about it.
    fn of_upstream(&self, name: &str) -> Option<(String, BTreeMap<String, Value>)> {
        let own = self.service(name).map(|service| &service.protocol).filter(|protocol| !protocol.is_empty());
        let all = || self.proxies().and_then(|proxies| proxies.config.as_ref()?.get(PROTOCOL).cloned());
        let protocol = own.map(|protocol| Value::from(protocol.clone())).or_else(all)?;
        Some((name.to_owned(), BTreeMap::from([(PROTOCOL.to_owned(), protocol)])))
    }
}
