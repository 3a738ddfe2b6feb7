//! The last changes of tables and services, which stand behind all other records.

use proconsul_base::index::Index;
use proconsul_state::store::View;
use proconsul_types::config_entry::Kind;
use proconsul_types::service::ServiceKind;
use serde::{Deserialize, Serialize};

/// One of them (`IndexEntry`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct IndexEntry {
    /// What changed, by the name of Consul's table or as `service.web`.
    pub(super) key: String,
    /// When.
    pub(super) value: u64,
}

/// All of them, in the order of their names; what never changed has none.
pub(super) fn entries(view: &View) -> Vec<IndexEntry> {
    let tables = [
        ("checks", view.checks_index()),
        ("config-entries", view.chain_index()),
        ("connect-intentions", view.intentions_index()),
        ("coordinates", view.coordinates_index()),
        ("gateway-services", gateway_services(view)),
        ("kvs", view.kv_index()),
        ("nodes", view.nodes_index()),
        ("prepared-queries", view.queries_index()),
        ("service_last_extinction", view.extinction_index()),
        ("services", view.services_index()),
        ("sessions", view.sessions_index()),
        ("tombstones", view.tombstones().map(|(_, index)| index).max().unwrap_or_default()),
    ];
    let mut entries: Vec<(String, Index)> = tables.map(|(name, index)| (name.to_owned(), index)).into();
    let mut last = "";
    for service in view.services() {
        if *service.name != *last {
            last = &service.name;
            entries.push((format!("service.{last}"), view.service_index(last, false)));
        }
    }
    entries.extend(kinds(view));
    entries.sort();
    let changed = entries.into_iter().filter(|(_, index)| *index > Index::ZERO);
    changed.map(|(key, index)| IndexEntry { key, value: index.0 }).collect()
}

/// The kinds of services that there are. What is gone was an ordinary one, as far as anybody can know.
fn kinds(view: &View) -> impl Iterator<Item = (String, Index)> {
    let all = [
        ("typical", ServiceKind::Typical),
        ("connect-proxy", ServiceKind::ConnectProxy),
        ("mesh-gateway", ServiceKind::MeshGateway),
        ("terminating-gateway", ServiceKind::TerminatingGateway),
        ("ingress-gateway", ServiceKind::IngressGateway),
    ];
    all.into_iter().filter_map(|(name, kind)| {
        let changed =
            view.services().filter(|service| service.kind == kind).map(|service| service.modify_index).max()?;
        let changed = if kind == ServiceKind::Typical { view.services_index() } else { changed };
        Some((format!("service_kind.{name}"), changed))
    })
}

/// What gateways stand for follows from config entries and services.
fn gateway_services(view: &View) -> Index {
    let of = |kind| !view.config_entries(Some(kind)).is_empty();
    if of(Kind::IngressGateway) || of(Kind::TerminatingGateway) { view.chain_index() } else { Index::ZERO }
}
