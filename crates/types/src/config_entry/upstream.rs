//! How a service's proxies reach what the service calls (1.9).

use serde::{Deserialize, Serialize};

use super::is_default;
use super::proxy::MeshGateway;
use super::span::Span;

/// Settings for all that a service calls, and for single services.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct UpstreamConfig {
    /// For single services.
    #[serde(skip_serializing_if = "is_default")]
    pub overrides: Vec<Upstream>,
    /// For all others.
    #[serde(skip_serializing_if = "is_default")]
    pub defaults: Option<Upstream>,
}

/// How one service, or any, is called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Upstream {
    /// The service; none in the defaults.
    #[serde(skip_serializing_if = "is_default")]
    pub name: String,
    /// Envoy's listener as JSON, in the place of the one that is made.
    #[serde(rename = "EnvoyListenerJSON", alias = "envoy_listener_json", skip_serializing_if = "is_default")]
    pub envoy_listener_json: String,
    /// Envoy's cluster as JSON, in the place of the one that is made.
    #[serde(rename = "EnvoyClusterJSON", alias = "envoy_cluster_json", skip_serializing_if = "is_default")]
    pub envoy_cluster_json: String,
    /// What it speaks.
    #[serde(skip_serializing_if = "is_default")]
    pub protocol: String,
    /// How long a connection may take to be made, in milliseconds.
    #[serde(alias = "connect_timeout_ms", skip_serializing_if = "is_default")]
    pub connect_timeout_ms: i64,
    /// How much at a time.
    #[serde(skip_serializing_if = "is_default")]
    pub limits: Option<UpstreamLimits>,
    /// When an instance is left out because calls to it fail.
    #[serde(alias = "passive_health_check", skip_serializing_if = "is_default")]
    pub passive_health_check: Option<PassiveHealthCheck>,
    /// How other datacenters are reached.
    #[serde(alias = "mesh_gateway", skip_serializing_if = "is_default")]
    pub mesh_gateway: MeshGateway,
    /// How connections are spread over a proxy's threads (1.14).
    #[serde(alias = "balance_outbound_connections", skip_serializing_if = "is_default")]
    pub balance_outbound_connections: String,
}

/// How much a proxy does at a time for one service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct UpstreamLimits {
    /// Connections.
    #[serde(alias = "max_connections", skip_serializing_if = "is_default")]
    pub max_connections: Option<i64>,
    /// Requests that wait for a connection.
    #[serde(alias = "max_pending_requests", skip_serializing_if = "is_default")]
    pub max_pending_requests: Option<i64>,
    /// Requests under way.
    #[serde(alias = "max_concurrent_requests", skip_serializing_if = "is_default")]
    pub max_concurrent_requests: Option<i64>,
}

/// When an instance is left out because calls to it fail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PassiveHealthCheck {
    /// How often it is looked at.
    #[serde(skip_serializing_if = "is_default")]
    pub interval: Span,
    /// After how many failures in a row.
    #[serde(alias = "max_failures", skip_serializing_if = "is_default")]
    pub max_failures: u32,
    /// How likely it is left out then, in percent.
    #[serde(
        rename = "EnforcingConsecutive5xx",
        alias = "enforcing_consecutive_5xx",
        skip_serializing_if = "is_default"
    )]
    pub enforcing_consecutive_5xx: Option<u32>,
    /// How many instances may be left out at a time, in percent (1.16).
    #[serde(alias = "max_ejection_percent", skip_serializing_if = "is_default")]
    pub max_ejection_percent: Option<u32>,
    /// For how long at first (1.16).
    #[serde(alias = "base_ejection_time", skip_serializing_if = "is_default")]
    pub base_ejection_time: Option<Span>,
}
