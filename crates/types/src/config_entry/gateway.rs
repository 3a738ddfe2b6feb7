//! What gateways and their listeners say about TLS.

use serde::{Deserialize, Serialize};

use super::is_default;

/// How a gateway, or one of its listeners, speaks TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GatewayTls {
    /// Whether it does.
    pub enabled: bool,
    /// Where its certificate comes from (1.11).
    #[serde(rename = "SDS", skip_serializing_if = "is_default")]
    pub sds: Option<GatewaySds>,
    /// The lowest version (1.12).
    #[serde(rename = "TLSMinVersion", alias = "tls_min_version", skip_serializing_if = "is_default")]
    pub tls_min_version: String,
    /// The highest version (1.12).
    #[serde(rename = "TLSMaxVersion", alias = "tls_max_version", skip_serializing_if = "is_default")]
    pub tls_max_version: String,
    /// The cipher suites (1.12).
    #[serde(alias = "cipher_suites", skip_serializing_if = "is_default")]
    pub cipher_suites: Vec<String>,
}

/// How a gateway speaks TLS for one service (1.11).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GatewayServiceTls {
    /// Where its certificate comes from.
    #[serde(rename = "SDS", skip_serializing_if = "is_default")]
    pub sds: Option<GatewaySds>,
}

/// A certificate that Envoy fetches (1.11).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GatewaySds {
    /// From which cluster.
    #[serde(alias = "cluster_name", skip_serializing_if = "is_default")]
    pub cluster_name: String,
    /// Under which name.
    #[serde(alias = "cert_resource", skip_serializing_if = "is_default")]
    pub cert_resource: String,
}
