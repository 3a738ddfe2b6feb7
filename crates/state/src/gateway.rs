//! Which services stand behind which gateways: what the gateways' config entries say, and for a `*` the services there are.
//!
//! Consul keeps this as a table beside the others; here it is computed when it is asked for. A service that an entry names is
//! what that entry says, also when a `*` stands for it too.

use std::collections::BTreeSet;

use proconsul_base::index::Index;
use proconsul_types::config_entry::{
    ConfigEntry, ConfigRecord, IngressGateway, IngressListener, Kind, TerminatingGateway, WILDCARD,
};
use proconsul_types::gateway::{GatewayService, Named};
use proconsul_types::service::ServiceKind;

use crate::chain;
use crate::name::same;
use crate::store::View;
use crate::table::Tables;

/// The servers' own service, for which no `*` stands.
const CONSUL: &str = "consul";
const KINDS: [Kind; 2] = [Kind::IngressGateway, Kind::TerminatingGateway];

impl View {
    /// The services behind a gateway, by name; those of one name by port.
    pub fn gateway_services(&self, gateway: &str) -> Vec<GatewayService> {
        self.tables.behind(gateway)
    }

    /// The gateways of a kind that a service is behind, by name: terminating ones lead to it out of the mesh, ingress ones into it.
    pub fn gateways_of(&self, kind: Kind, service: &str) -> Vec<GatewayService> {
        let records = self.tables.config_entries.of_kind(kind);
        records.flat_map(|record| self.tables.as_behind(record, service)).collect()
    }

    /// Whether a terminating gateway stands for all services: then what leads to one changes with its plain instances too.
    pub fn terminating_for_all(&self) -> bool {
        let entries = self.tables.config_entries.of_kind(Kind::TerminatingGateway).map(|record| &record.entry);
        let gateways = entries.filter_map(|entry| match entry {
            ConfigEntry::TerminatingGateway(gateway) => Some(gateway),
            _ => None,
        });
        gateways.into_iter().any(|gateway| gateway.services().iter().any(|service| service.name == WILDCARD))
    }

    /// The index to wait on for what is behind gateways: the last change of any config entry, or of any instance.
    pub fn gateways_index(&self) -> Index {
        self.tables.config_entries.changed().max(self.services_index())
    }
}

impl Tables {
    fn behind(&self, gateway: &str) -> Vec<GatewayService> {
        let Some(record) = KINDS.into_iter().find_map(|kind| self.config_entries.get(kind, gateway)) else {
            return Vec::new();
        };
        self.names(&record.entry).iter().flat_map(|service| self.as_behind(record, service)).collect()
    }

    /// The services that an entry names, and for a `*` all to which it can apply.
    fn names(&self, entry: &ConfigEntry) -> BTreeSet<String> {
        let named: Vec<&str> = match entry {
            ConfigEntry::IngressGateway(gateway) => {
                let services = gateway.listeners().iter().flat_map(IngressListener::services);
                services.map(|service| &*service.name).collect()
            }
            ConfigEntry::TerminatingGateway(gateway) => {
                gateway.services().iter().map(|service| &*service.name).collect()
            }
            _ => Vec::new(),
        };
        let mut names: BTreeSet<String> = BTreeSet::new();
        if named.contains(&WILDCARD) {
            let ordinary = self.catalog.services.iter_by_name().filter(|service| service.kind == ServiceKind::Typical);
            names.extend(ordinary.map(|service| service.name.to_string()));
        }
        for name in named.into_iter().filter(|name| *name != WILDCARD) {
            // Of one name in different spellings the last counts.
            names.retain(|other| !same(other, name));
            names.insert(name.to_owned());
        }
        names
    }

    /// What a service is behind a gateway: at each of its ports once.
    fn as_behind(&self, record: &ConfigRecord, service: &str) -> Vec<GatewayService> {
        let appeared = self.appeared(service);
        let behind = match &record.entry {
            ConfigEntry::IngressGateway(gateway) => self.behind_ingress(gateway, service, appeared),
            ConfigEntry::TerminatingGateway(gateway) => {
                behind_terminating(gateway, service, appeared).into_iter().collect()
            }
            _ => Vec::new(),
        };
        let complete = |behind: GatewayService| GatewayService {
            gateway: Named { name: record.entry.name().to_owned() },
            service: Named { name: service.to_owned() },
            gateway_kind: record.entry.kind().to_string(),
            // What a `*` stands for may be newer than the `*`.
            create_index: behind.create_index.max(record.modify_index),
            modify_index: behind.modify_index.max(record.modify_index),
            ..behind
        };
        behind.into_iter().map(complete).collect()
    }

    fn behind_ingress(&self, gateway: &IngressGateway, service: &str, appeared: Option<u64>) -> Vec<GatewayService> {
        let at = |listener: &IngressListener| {
            let named = listener.services().iter().rfind(|named| same(&named.name, service));
            let has_wildcard = listener.services().iter().any(|named| named.name == WILDCARD);
            let behind =
                GatewayService { port: listener.port, protocol: listener.protocol.clone(), ..Default::default() };
            match named {
                Some(named) => Some(touched(
                    GatewayService { hosts: named.hosts().to_vec(), ..behind },
                    appeared.filter(|_| has_wildcard),
                )),
                None if has_wildcard => {
                    let protocol = chain::protocol_of(&self.config_entries.unchanged(), service);
                    appeared.filter(|_| protocol == listener.protocol).map(|appeared| of_wildcard(behind, appeared))
                }
                None => None,
            }
        };
        let mut behind: Vec<GatewayService> = gateway.listeners().iter().filter_map(at).collect();
        behind.sort_by_key(|behind| behind.port);
        behind
    }

    /// When a service came into being that is neither proxy nor gateway nor the servers' own.
    fn appeared(&self, service: &str) -> Option<u64> {
        let ordinary = self.catalog.services.named(service).map(|(_, instance)| instance);
        let ordinary = ordinary.filter(|instance| instance.kind == ServiceKind::Typical && !same(service, CONSUL));
        ordinary.map(|instance| instance.create_index.0).min()
    }
}

fn behind_terminating(gateway: &TerminatingGateway, service: &str, appeared: Option<u64>) -> Option<GatewayService> {
    let find = |name: &str| gateway.services().iter().rfind(|named| same(&named.name, name));
    let (named, wildcard) = (find(service), find(WILDCARD));
    let says = named.or(wildcard)?;
    let behind = GatewayService {
        ca_file: says.ca_file.clone(),
        cert_file: says.cert_file.clone(),
        key_file: says.key_file.clone(),
        sni: says.sni.clone(),
        ..GatewayService::default()
    };
    match named {
        Some(_) => Some(touched(behind, appeared.filter(|_| wildcard.is_some()))),
        None => appeared.map(|appeared| of_wildcard(behind, appeared)),
    }
}

fn of_wildcard(behind: GatewayService, appeared: u64) -> GatewayService {
    GatewayService { from_wildcard: true, create_index: appeared, modify_index: appeared, ..behind }
}

/// A service that a `*` stands for as well is told anew when it comes into being, as in Consul.
fn touched(behind: GatewayService, appeared: Option<u64>) -> GatewayService {
    GatewayService { modify_index: appeared.unwrap_or_default(), ..behind }
}

#[cfg(test)]
mod tests;
