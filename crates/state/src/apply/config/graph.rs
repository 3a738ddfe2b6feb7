//! Whether config entries still fit together after a change: every discovery chain that the change touches compiles, and ingress
//! gateways lead to services that speak what their ports speak.
//!
//! As in Consul 1.8, a change touches the chain of its own service and of the services whose entries name it; that of all services
//! with entries when it is what all proxies have in common.

use std::collections::BTreeSet;

use proconsul_types::config_entry::{ConfigEntry, IngressGateway, Kind, WILDCARD};

use crate::chain::{self, ChainRequest};
use crate::failure::ConfigFailure;
use crate::name::folded;
use crate::table::config_entries::{Changed, ConfigEntries};

/// What the chains are compiled with to try them: Consul's choice, which its messages show.
const DATACENTER: &str = "dc1";
/// The kinds of entries that make a chain.
const CHAIN_KINDS: [Kind; 3] = [Kind::ServiceRouter, Kind::ServiceSplitter, Kind::ServiceResolver];

/// Says why an entry cannot be set, or be gone.
pub(super) fn allows(
    entries: &ConfigEntries,
    kind: Kind,
    name: &str,
    entry: Option<&ConfigEntry>,
) -> Result<(), ConfigFailure> {
    let after = entries.with(kind, name, entry);
    match kind {
        Kind::ExportedServices | Kind::Mesh | Kind::ServiceIntentions => Ok(()),
        Kind::IngressGateway => {
            refuse_clash(entries, kind, Kind::TerminatingGateway, name)?;
            entry.and_then(ingress).map_or(Ok(()), |gateway| speaks_alike(after, gateway))
        }
        Kind::TerminatingGateway => {
            refuse_clash(entries, kind, Kind::IngressGateway, name)?;
            compiles(after, name)
        }
        Kind::ProxyDefaults => {
            let services: BTreeSet<&str> =
                CHAIN_KINDS.into_iter().flat_map(|kind| after.of_kind(kind)).map(ConfigEntry::name).collect();
            services.into_iter().try_for_each(|service| compiles(after, service))?;
            gateways(after).try_for_each(|gateway| speaks_alike(after, gateway))
        }
        Kind::ServiceDefaults | Kind::ServiceRouter | Kind::ServiceSplitter | Kind::ServiceResolver => {
            compiles(after, name)?;
            let naming = CHAIN_KINDS.into_iter().flat_map(|kind| after.of_kind(kind));
            let services: BTreeSet<&str> = naming.filter(|other| names(other, name)).map(ConfigEntry::name).collect();
            services.into_iter().try_for_each(|service| compiles(after, service))?;
            let leading = gateways(after).filter(|gateway| leads_to(gateway, name));
            leading.into_iter().try_for_each(|gateway| speaks_alike(after, gateway))
        }
    }
}

fn compiles(entries: Changed<'_>, service: &str) -> Result<(), ConfigFailure> {
    let request = ChainRequest { service, datacenter: DATACENTER, used_in: DATACENTER, ..ChainRequest::default() };
    match chain::compile(&entries, &request) {
        Ok(_) => Ok(()),
        Err(error) => Err(ConfigFailure::Graph(error.to_string())),
    }
}

/// Both kinds of gateways are services of the catalog: one name cannot stand for both.
fn refuse_clash(entries: &ConfigEntries, kind: Kind, other: Kind, name: &str) -> Result<(), ConfigFailure> {
    match entries.get(other, name) {
        Some(_) => Err(ConfigFailure::GatewayClash { kind, other, name: name.to_owned() }),
        None => Ok(()),
    }
}

fn gateways<'a>(entries: Changed<'a>) -> impl Iterator<Item = &'a IngressGateway> + use<'a> {
    entries.of_kind(Kind::IngressGateway).filter_map(ingress)
}

fn ingress(entry: &ConfigEntry) -> Option<&IngressGateway> {
    match entry {
        ConfigEntry::IngressGateway(gateway) => Some(gateway),
        _ => None,
    }
}

fn leads_to(gateway: &IngressGateway, service: &str) -> bool {
    let services = gateway.listeners().iter().flat_map(|listener| listener.services());
    services.into_iter().any(|other| folded(&other.name) == folded(service))
}

fn speaks_alike(entries: Changed<'_>, gateway: &IngressGateway) -> Result<(), ConfigFailure> {
    for listener in gateway.listeners() {
        for service in listener.services().iter().filter(|service| service.name != WILDCARD) {
            let protocol = chain::protocol_of(&entries, &service.name);
            if protocol != listener.protocol {
                let (service, listener) = (service.name.clone(), listener.protocol.clone());
                return Err(ConfigFailure::ListenerProtocol { service, protocol, listener });
            }
        }
    }
    Ok(())
}

/// Whether an entry names a service other than its own.
fn names(entry: &ConfigEntry, service: &str) -> bool {
    let is = |named: &str| folded(named) == folded(service);
    match entry {
        ConfigEntry::ServiceRouter(router) => {
            let destinations = router.routes().iter().filter_map(|route| route.destination.as_ref());
            destinations.into_iter().any(|destination| is(&destination.service))
        }
        ConfigEntry::ServiceSplitter(splitter) => splitter.splits.iter().any(|split| is(&split.service)),
        ConfigEntry::ServiceResolver(resolver) => {
            resolver.redirect.as_ref().is_some_and(|redirect| is(&redirect.service))
                || resolver
                    .failover
                    .values()
                    .any(|failover| is(&failover.service) || failover.targets.iter().any(|target| is(&target.service)))
        }
        _ => false,
    }
}
