//! A proxy's part of an instance. What each field means is written in `proconsul_types::service`.

use std::collections::BTreeMap;

use proconsul_types::service as types;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A proxy's part (`ConnectProxyConfig`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "each is described in proconsul_types::service::Proxy")]
pub struct ConnectProxyConfig {
    pub config: Option<BTreeMap<String, Value>>,
    #[serde(rename = "DestinationServiceID")]
    pub destination_service_id: String,
    pub destination_service_name: String,
    pub expose: ExposeConfig,
    pub local_service_address: String,
    pub local_service_port: i64,
    pub mesh_gateway: MeshGatewayConfig,
    pub upstreams: Option<Vec<Upstream>>,
}

/// A service that a proxy calls (`Upstream`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "each is described in proconsul_types::service::Upstream")]
pub struct Upstream {
    pub config: Option<BTreeMap<String, Value>>,
    pub datacenter: String,
    pub destination_name: String,
    pub destination_namespace: String,
    pub destination_type: String,
    /// Of an ingress gateway's own agent; always nil in the catalog, and not looked into.
    pub ingress_hosts: Option<()>,
    pub local_bind_address: String,
    pub local_bind_port: i64,
    pub mesh_gateway: MeshGatewayConfig,
}

/// How other datacenters are reached (`MeshGatewayConfig`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MeshGatewayConfig {
    /// `none`, `local`, `remote` or empty.
    pub mode: String,
}

/// What is reachable without the mesh (`ExposeConfig`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ExposeConfig {
    /// The paths of checks.
    pub checks: bool,
    /// Further paths.
    pub paths: Option<Vec<ExposePath>>,
}

/// One such path (`ExposePath`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "each is described in proconsul_types::service::ExposePath")]
pub struct ExposePath {
    pub listener_port: i64,
    pub local_path_port: i64,
    pub parsed_from_check: bool,
    pub path: String,
    pub protocol: String,
}

impl From<&types::Proxy> for ConnectProxyConfig {
    fn from(proxy: &types::Proxy) -> Self {
        Self {
            config: proxy.config.clone(),
            destination_service_id: proxy.destination_service_id.clone(),
            destination_service_name: proxy.destination_service_name.clone(),
            expose: ExposeConfig { checks: proxy.expose_checks, paths: list(&proxy.expose_paths) },
            local_service_address: proxy.local_service_address.clone(),
            local_service_port: proxy.local_service_port,
            mesh_gateway: MeshGatewayConfig { mode: proxy.mesh_gateway_mode.clone() },
            upstreams: list(&proxy.upstreams),
        }
    }
}

impl From<ConnectProxyConfig> for types::Proxy {
    fn from(proxy: ConnectProxyConfig) -> Self {
        Self {
            destination_service_name: proxy.destination_service_name,
            destination_service_id: proxy.destination_service_id,
            local_service_address: proxy.local_service_address,
            local_service_port: proxy.local_service_port,
            config: proxy.config,
            upstreams: proxy.upstreams.unwrap_or_default().into_iter().map(Into::into).collect(),
            mesh_gateway_mode: proxy.mesh_gateway.mode,
            expose_checks: proxy.expose.checks,
            expose_paths: proxy.expose.paths.unwrap_or_default().into_iter().map(Into::into).collect(),
        }
    }
}

impl From<&types::Upstream> for Upstream {
    fn from(upstream: &types::Upstream) -> Self {
        Self {
            config: upstream.config.clone(),
            datacenter: upstream.datacenter.clone(),
            destination_name: upstream.destination_name.clone(),
            destination_namespace: upstream.destination_namespace.clone(),
            destination_type: upstream.destination_type.clone(),
            ingress_hosts: None,
            local_bind_address: upstream.local_bind_address.clone(),
            local_bind_port: upstream.local_bind_port,
            mesh_gateway: MeshGatewayConfig { mode: upstream.mesh_gateway_mode.clone() },
        }
    }
}

impl From<Upstream> for types::Upstream {
    fn from(upstream: Upstream) -> Self {
        Self {
            destination_type: upstream.destination_type,
            destination_namespace: upstream.destination_namespace,
            destination_name: upstream.destination_name,
            datacenter: upstream.datacenter,
            local_bind_address: upstream.local_bind_address,
            local_bind_port: upstream.local_bind_port,
            config: upstream.config,
            mesh_gateway_mode: upstream.mesh_gateway.mode,
        }
    }
}

impl From<&types::ExposePath> for ExposePath {
    fn from(path: &types::ExposePath) -> Self {
        let types::ExposePath { listener_port, path, local_path_port, protocol, parsed_from_check } = path.clone();
        Self { listener_port, local_path_port, parsed_from_check, path, protocol }
    }
}

impl From<ExposePath> for types::ExposePath {
    fn from(path: ExposePath) -> Self {
        let ExposePath { listener_port, local_path_port, parsed_from_check, path, protocol } = path;
        Self { listener_port, path, local_path_port, protocol, parsed_from_check }
    }
}

/// A list that is nil when it is empty.
fn list<'a, T, R: From<&'a T>>(items: &'a [T]) -> Option<Vec<R>> {
    (!items.is_empty()).then(|| items.iter().map(R::from).collect())
}
