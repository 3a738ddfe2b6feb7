//! `service-defaults`: what all instances of a service have in common.

use serde::{Deserialize, Serialize};

use super::error::EntryError;
use super::proxy::{EnvoyExtension, Expose, MeshGateway, TransparentProxy};
use super::upstream::UpstreamConfig;
use super::{Document, EntryMeta, is_default};

/// What all instances of a service have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ServiceDefaults {
    /// The service.
    pub name: String,
    /// What it speaks: `tcp`, `http`, `http2`, `grpc`, in lower case; empty for the default.
    pub protocol: String,
    /// `direct`, `transparent` or empty (1.10).
    #[serde(skip_serializing_if = "is_default")]
    pub mode: String,
    /// How transparent proxies behave (1.10).
    #[serde(alias = "transparent_proxy", skip_serializing_if = "is_default")]
    pub transparent_proxy: TransparentProxy,
    /// How other datacenters are reached.
    #[serde(alias = "mesh_gateway")]
    pub mesh_gateway: MeshGateway,
    /// What is reachable without the mesh.
    pub expose: Expose,
    /// The name in TLS handshakes, for services outside the mesh.
    #[serde(rename = "ExternalSNI", alias = "external_sni", skip_serializing_if = "is_default")]
    pub external_sni: String,
    /// How the proxies reach what the service calls (1.9).
    #[serde(alias = "upstream_config", skip_serializing_if = "is_default")]
    pub upstream_config: Option<Box<UpstreamConfig>>,
    /// Where the service is, when it lies outside (1.13).
    #[serde(skip_serializing_if = "is_default")]
    pub destination: Option<Destination>,
    /// Most connections to one instance; 0 for no limit (1.13).
    #[serde(alias = "max_inbound_connections", skip_serializing_if = "is_default")]
    pub max_inbound_connections: i64,
    /// How long the proxy tries to reach its instance, in milliseconds (1.13).
    #[serde(alias = "local_connect_timeout_ms", skip_serializing_if = "is_default")]
    pub local_connect_timeout_ms: i64,
    /// How long the instance may take for a request, in milliseconds (1.13).
    #[serde(alias = "local_request_timeout_ms", skip_serializing_if = "is_default")]
    pub local_request_timeout_ms: i64,
    /// How connections are spread over a proxy's threads: `exact_balance` or empty (1.14).
    #[serde(alias = "balance_inbound_connections", skip_serializing_if = "is_default")]
    pub balance_inbound_connections: String,
    /// Extensions of Envoy's configuration (1.15).
    #[serde(alias = "envoy_extensions", skip_serializing_if = "is_default")]
    pub envoy_extensions: Vec<EnvoyExtension>,
    /// What the user says about it.
    #[serde(skip_serializing_if = "is_default")]
    pub meta: EntryMeta,
}

/// Where a service outside the mesh is (1.13).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Destination {
    /// Its addresses or host names.
    #[serde(skip_serializing_if = "is_default")]
    pub addresses: Vec<String>,
    /// Its port.
    #[serde(skip_serializing_if = "is_default")]
    pub port: i64,
}

impl Document for ServiceDefaults {
    fn name(&self) -> &str {
        &self.name
    }

    fn normalize(&mut self) {
        self.protocol = self.protocol.to_lowercase();
    }

    fn validate(&self) -> Result<(), EntryError> {
        EntryError::of_meta(&self.meta)
    }
}
