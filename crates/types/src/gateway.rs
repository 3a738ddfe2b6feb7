//! The services that gateways stand for.

use serde::Serialize;

/// One service behind one gateway, as `GET /v1/catalog/gateway-services/:gateway` shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GatewayService {
    /// The gateway.
    pub gateway: Named,
    /// The service.
    pub service: Named,
    /// `ingress-gateway` or `terminating-gateway`.
    pub gateway_kind: String,
    /// The port of an ingress gateway.
    #[serde(skip_serializing_if = "is_zero")]
    pub port: i64,
    /// What that port speaks.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub protocol: String,
    /// The hosts under which the service is asked for there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    /// The certificates that a service behind a terminating gateway is verified with.
    #[serde(rename = "CAFile", skip_serializing_if = "String::is_empty")]
    pub ca_file: String,
    /// The certificate shown to it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cert_file: String,
    /// The key of that certificate.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub key_file: String,
    /// The name in TLS handshakes with it.
    #[serde(rename = "SNI", skip_serializing_if = "String::is_empty")]
    pub sni: String,
    /// Whether a `*` stands for it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub from_wildcard: bool,
    /// The write that put it behind the gateway.
    pub create_index: u64,
    /// The last write that changed how.
    pub modify_index: u64,
}

/// A name, in the form in which Consul leaves room for namespaces.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Named {
    /// The name.
    pub name: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_zero(number: &i64) -> bool {
    *number == 0
}
