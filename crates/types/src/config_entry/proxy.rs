//! What documents say about proxies.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::is_default;

/// How other datacenters are reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MeshGateway {
    /// `none`, `local`, `remote` or empty; Consul takes any text.
    #[serde(skip_serializing_if = "is_default")]
    pub mode: String,
}

/// What is reachable without the mesh.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Expose {
    /// The paths of HTTP and gRPC checks.
    #[serde(skip_serializing_if = "is_default")]
    pub checks: bool,
    /// Further paths.
    #[serde(skip_serializing_if = "is_default")]
    pub paths: Vec<ExposePath>,
}

/// A path that is reachable without the mesh.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ExposePath {
    /// The port the proxy listens on.
    #[serde(alias = "listener_port", skip_serializing_if = "is_default")]
    pub listener_port: i64,
    /// The path.
    #[serde(skip_serializing_if = "is_default")]
    pub path: String,
    /// The service's port behind it.
    #[serde(alias = "local_path_port", skip_serializing_if = "is_default")]
    pub local_path_port: i64,
    /// `http` or `http2`.
    #[serde(skip_serializing_if = "is_default")]
    pub protocol: String,
    /// Whether it was made from a check.
    #[serde(alias = "parsed_from_check")]
    pub parsed_from_check: bool,
}

/// How a transparent proxy behaves (1.10).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TransparentProxy {
    /// The port that outgoing traffic is led to.
    #[serde(alias = "outbound_listener_port", skip_serializing_if = "is_default")]
    pub outbound_listener_port: i64,
    /// Whether instances are also called by their own addresses.
    #[serde(alias = "dialed_directly", skip_serializing_if = "is_default")]
    pub dialed_directly: bool,
}

/// An extension of Envoy's configuration (1.15).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EnvoyExtension {
    /// Which: `builtin/lua` and others.
    pub name: String,
    /// Whether the proxy must not run without it.
    pub required: bool,
    /// Its settings.
    pub arguments: BTreeMap<String, Value>,
}
