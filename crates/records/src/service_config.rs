//! What config entries say about one proxy. The reply is wrapped in bytes, as config entries are.

use std::collections::BTreeMap;
use std::fmt;

use proconsul_gopack::{Embed, Raw, from_slice, to_vec};
use proconsul_types::config_entry as types;
use serde::de::Visitor;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::options::QueryMeta;
use crate::service::{ExposeConfig, ExposePath, MeshGatewayConfig};

/// A question about a proxy's settings (`ServiceConfigRequest`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ServiceConfigRequest {
    /// The datacenter.
    pub datacenter: String,
    /// The service that the proxy stands for.
    pub name: String,
    /// The services that it calls.
    #[serde(rename = "UpstreamIDs")]
    pub upstream_ids: Option<Vec<ServiceId>>,
    /// The same, of agents before 1.8.
    pub upstreams: Option<Vec<String>>,
}

/// A service (`ServiceID`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServiceId {
    /// Its name.
    #[serde(rename = "ID")]
    pub id: String,
}

/// What is known about a service that the proxy calls (`UpstreamConfig`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct UpstreamConfig {
    /// The settings.
    pub config: Option<BTreeMap<String, Value>>,
    /// The service.
    pub upstream: ServiceId,
}

/// A proxy's settings (`ServiceConfigResponse`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceConfig {
    /// What is reachable without the mesh.
    pub expose: ExposeConfig,
    /// How other datacenters are reached.
    pub mesh_gateway: MeshGatewayConfig,
    /// Settings for the proxy program.
    pub proxy_config: Option<BTreeMap<String, Value>>,
    /// What is known about the services it calls, for agents before 1.8.
    pub upstream_configs: Option<BTreeMap<String, BTreeMap<String, Value>>>,
    /// The same.
    pub upstream_id_configs: Option<Vec<UpstreamConfig>>,
    /// How fresh that is.
    pub meta: QueryMeta,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Fields {
    expose: ExposeConfig,
    mesh_gateway: MeshGatewayConfig,
    proxy_config: Option<BTreeMap<String, Value>>,
    upstream_configs: Option<BTreeMap<String, BTreeMap<String, Value>>>,
    #[serde(rename = "UpstreamIDConfigs")]
    upstream_id_configs: Option<Vec<UpstreamConfig>>,
}

impl Serialize for ServiceConfig {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Self { expose, mesh_gateway, proxy_config, upstream_configs, upstream_id_configs, meta } = self.clone();
        let own = Fields { expose, mesh_gateway, proxy_config, upstream_configs, upstream_id_configs };
        let bytes = to_vec(&Embed { own, embedded: meta }).map_err(S::Error::custom)?;
        Raw::from(bytes).serialize(to)
    }
}

impl<'de> Deserialize<'de> for ServiceConfig {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_bytes(Wrapping)
    }
}

struct Wrapping;

impl Visitor<'_> for Wrapping {
    type Value = ServiceConfig;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a proxy's settings in their wrapping")
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<ServiceConfig, E> {
        let Embed { own, embedded: meta } = from_slice::<Embed<Fields, QueryMeta>>(bytes).map_err(E::custom)?;
        let Fields { expose, mesh_gateway, proxy_config, upstream_configs, upstream_id_configs } = own;
        Ok(ServiceConfig { expose, mesh_gateway, proxy_config, upstream_configs, upstream_id_configs, meta })
    }
}

impl From<&types::MeshGateway> for MeshGatewayConfig {
    fn from(gateway: &types::MeshGateway) -> Self {
        Self { mode: gateway.mode.clone() }
    }
}

impl From<&types::Expose> for ExposeConfig {
    fn from(expose: &types::Expose) -> Self {
        let path = |path: &types::ExposePath| ExposePath {
            listener_port: path.listener_port,
            local_path_port: path.local_path_port,
            parsed_from_check: path.parsed_from_check,
            path: path.path.clone(),
            protocol: path.protocol.clone(),
        };
        let paths = (!expose.paths.is_empty()).then(|| expose.paths.iter().map(path).collect());
        Self { checks: expose.checks, paths }
    }
}
