//! Which services stand behind which gateways: what the gateways' config entries say, and for a `*` the services there are.
//!
//! Consul keeps this as a table beside the others; here it is computed when it is asked for. A service that an entry names is
//! what that entry says, also when a `*` stands for it too.

use std::collections::BTreeMap;

use proconsul_base::index::Index;
use proconsul_types::config_entry::{ConfigEntry, ConfigRecord, IngressGateway, Kind, TerminatingGateway, WILDCARD};
use proconsul_types::gateway::{GatewayService, Named};
use proconsul_types::service::ServiceKind;

use crate::chain;
use crate::name::{folded, same};
use crate::store::View;

/// The servers' own service, for which no `*` stands.
const CONSUL: &str = "consul";

impl View {
    /// The services behind a gateway, by name; those of one name by port.
    pub fn gateway_services(&self, gateway: &str) -> Vec<GatewayService> {
        let entries = [Kind::IngressGateway, Kind::TerminatingGateway];
        let entry = entries.into_iter().find_map(|kind| self.tables.config_entries.get(kind, gateway));
        entry.map(|record| self.behind(record)).unwrap_or_default()
    }

    /// The gateways of a kind that a service is behind, by name: for the mesh `terminating-gateway`, into it `ingress-gateway`.
    pub fn gateways_of(&self, kind: Kind, service: &str) -> Vec<GatewayService> {
        let records = self.tables.config_entries.of_kind(kind);
        let behind =
            records.filter(|record| may_lead_to(&record.entry, service)).flat_map(|record| self.behind(record));
        behind.filter(|behind| same(&behind.service.name, service)).collect()
    }

    /// The index to wait on for what is behind gateways: the last change of any config entry, or of any instance.
    pub fn gateways_index(&self) -> Index {
        self.tables.config_entries.changed().max(self.services_index())
    }

    fn behind(&self, record: &ConfigRecord) -> Vec<GatewayService> {
        let behind = match &record.entry {
            ConfigEntry::IngressGateway(gateway) => self.behind_ingress(gateway),
            ConfigEntry::TerminatingGateway(gateway) => self.behind_terminating(gateway),
            _ => Vec::new(),
        };
        let mut behind: Vec<GatewayService> = behind
            .into_iter()
            .map(|behind| GatewayService {
                gateway: Named { name: record.entry.name().to_owned() },
                gateway_kind: record.entry.kind().to_string(),
                // What a `*` stands for may be newer than the `*`.
                create_index: behind.create_index.max(record.modify_index),
                modify_index: behind.modify_index.max(record.modify_index),
                ..behind
            })
            .collect();
        behind.sort_by(|one, other| (&one.service, one.port).cmp(&(&other.service, other.port)));
        behind
    }

    fn behind_ingress(&self, gateway: &IngressGateway) -> Vec<GatewayService> {
        let entries = self.tables.config_entries.unchanged();
        let mut behind = Vec::new();
        for listener in gateway.listeners() {
            let at = GatewayService { port: listener.port, protocol: listener.protocol.clone(), ..Default::default() };
            for service in listener.services() {
                if service.name != WILDCARD {
                    behind.push(GatewayService { hosts: service.hosts().to_vec(), ..named(&service.name, &at) });
                    continue;
                }
                let is_named = |name: &str| listener.services().iter().any(|other| same(&other.name, name));
                let speaks = |name: &str| chain::protocol_of(&entries, name) == listener.protocol;
                let others = self.ordinary_services().into_iter();
                behind.extend(others.filter(|(name, _)| !is_named(name) && speaks(name)).map(from_wildcard(&at)));
            }
        }
        behind
    }

    fn behind_terminating(&self, gateway: &TerminatingGateway) -> Vec<GatewayService> {
        let mut behind = Vec::new();
        for service in gateway.services() {
            let with = GatewayService {
                ca_file: service.ca_file.clone(),
                cert_file: service.cert_file.clone(),
                key_file: service.key_file.clone(),
                sni: service.sni.clone(),
                ..Default::default()
            };
            if service.name != WILDCARD {
                behind.push(named(&service.name, &with));
                continue;
            }
            let is_named = |name: &str| gateway.services().iter().any(|other| same(&other.name, name));
            let others = self.ordinary_services().into_iter();
            behind.extend(others.filter(|(name, _)| !is_named(name)).map(from_wildcard(&with)));
        }
        behind
    }

    /// The names of services that are neither proxies nor gateways nor the servers', and when each appeared.
    fn ordinary_services(&self) -> BTreeMap<String, u64> {
        let mut names: BTreeMap<String, u64> = BTreeMap::new();
        for service in self.services() {
            if service.kind == ServiceKind::Typical && !same(&service.name, CONSUL) {
                let appeared = names.entry(service.name.to_string()).or_insert(u64::MAX);
                *appeared = (*appeared).min(service.create_index.0);
            }
        }
        names
    }
}

fn named(service: &str, with: &GatewayService) -> GatewayService {
    GatewayService { service: Named { name: service.to_owned() }, ..with.clone() }
}

fn from_wildcard(with: &GatewayService) -> impl Fn((String, u64)) -> GatewayService {
    move |(service, appeared)| GatewayService {
        from_wildcard: true,
        create_index: appeared,
        modify_index: appeared,
        ..named(&service, with)
    }
}

/// Whether an entry names a service or has a `*`: only then it is worth a closer look.
fn may_lead_to(entry: &ConfigEntry, service: &str) -> bool {
    let fits = |name: &str| name == WILDCARD || folded(name) == folded(service);
    match entry {
        ConfigEntry::IngressGateway(gateway) => {
            let services = gateway.listeners().iter().flat_map(|listener| listener.services());
            services.into_iter().any(|other| fits(&other.name))
        }
        ConfigEntry::TerminatingGateway(gateway) => gateway.services().iter().any(|other| fits(&other.name)),
        _ => false,
    }
}
