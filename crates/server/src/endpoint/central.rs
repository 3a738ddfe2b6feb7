//! What config entries say about a service and about all proxies, filled into an instance (`?merge-central-config`, 1.13).
//!
//! <https://developer.hashicorp.com/consul/api-docs/catalog#merge-central-config>; *not verified against a real peer*.

use std::collections::BTreeMap;
use std::sync::Arc;

use proconsul_state::store::View;
use proconsul_types::config_entry::{self as entry, ConfigEntry, Kind, ProxyDefaults, ServiceDefaults};
use proconsul_types::service::{ExposePath, Proxy, Service, ServiceKind};
use serde_json::Value;

/// The instance with everything filled in that it does not say itself. A proxy takes what is said about its service.
pub(super) fn merged(view: &View, service: &Arc<Service>) -> Arc<Service> {
    let name = match service.kind {
        ServiceKind::ConnectProxy => &*service.proxy.destination_service_name,
        _ => &*service.name,
    };
    let all = view.config_entry(Kind::ProxyDefaults, ProxyDefaults::NAME);
    let own = view.config_entry(Kind::ServiceDefaults, name);
    let mut proxy = Proxy::clone(&service.proxy);
    if let Some(ConfigEntry::ServiceDefaults(defaults)) = own.as_ref().map(|record| &record.entry) {
        fill(&mut proxy, settings(defaults), &defaults.mesh_gateway, &defaults.expose);
    }
    if let Some(ConfigEntry::ProxyDefaults(defaults)) = all.as_ref().map(|record| &record.entry) {
        let config = defaults.config.clone().unwrap_or_default();
        fill(&mut proxy, config, &defaults.mesh_gateway, &defaults.expose);
    }
    if proxy == *service.proxy {
        return service.clone();
    }
    Arc::new(Service { proxy: Arc::new(proxy), ..Service::clone(service) })
}

/// What is said about a service, as settings of the proxy program.
fn settings(defaults: &ServiceDefaults) -> BTreeMap<String, Value> {
    let texts =
        [("protocol", &defaults.protocol), ("balance_inbound_connections", &defaults.balance_inbound_connections)];
    let numbers = [
        ("max_inbound_connections", defaults.max_inbound_connections),
        ("local_connect_timeout_ms", defaults.local_connect_timeout_ms),
        ("local_request_timeout_ms", defaults.local_request_timeout_ms),
    ];
    let texts = texts.into_iter().filter(|(_, text)| !text.is_empty());
    let numbers = numbers.into_iter().filter(|(_, number)| *number > 0);
    let texts = texts.map(|(name, text)| (name.to_owned(), Value::from(text.as_str())));
    texts.chain(numbers.map(|(name, number)| (name.to_owned(), Value::from(number)))).collect()
}

fn fill(proxy: &mut Proxy, config: BTreeMap<String, Value>, mesh_gateway: &entry::MeshGateway, expose: &entry::Expose) {
    if !config.is_empty() {
        let own = proxy.config.get_or_insert_default();
        config.into_iter().for_each(|(name, value)| fill_value(own.entry(name).or_insert(Value::Null), value));
    }
    if proxy.mesh_gateway_mode.is_empty() {
        proxy.mesh_gateway_mode.clone_from(&mesh_gateway.mode);
    }
    proxy.expose_checks |= expose.checks;
    if proxy.expose_paths.is_empty() {
        proxy.expose_paths = expose.paths.iter().map(path).collect();
    }
}

/// Objects are filled field by field, anything else only where nothing is.
fn fill_value(own: &mut Value, value: Value) {
    match (own, value) {
        (Value::Object(own), Value::Object(fields)) => {
            fields.into_iter().for_each(|(name, value)| fill_value(own.entry(name).or_insert(Value::Null), value));
        }
        (own @ Value::Null, value) => *own = value,
        _ => {}
    }
}

fn path(path: &entry::ExposePath) -> ExposePath {
    ExposePath {
        listener_port: path.listener_port,
        path: path.path.clone(),
        local_path_port: path.local_path_port,
        protocol: path.protocol.clone(),
        parsed_from_check: path.parsed_from_check,
    }
}
