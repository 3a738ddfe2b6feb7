//! Services behind gateways.

use proconsul_calls::ui::BehindGateway;
use proconsul_types::gateway as types;
use proconsul_types::service::ServiceInstance;
use serde::{Deserialize, Serialize};

use crate::check::HealthCheck;
use crate::instance::CheckServiceNode;
use crate::node::Node;
use crate::service::NodeService;

/// A service behind a gateway (`GatewayService`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "each is described in proconsul_types::gateway::GatewayService")]
pub struct GatewayService {
    #[serde(rename = "CAFile")]
    pub ca_file: String,
    pub cert_file: String,
    pub create_index: u64,
    pub from_wildcard: bool,
    pub gateway: ServiceName,
    pub gateway_kind: String,
    pub hosts: Option<Vec<String>>,
    pub key_file: String,
    pub modify_index: u64,
    pub port: i64,
    pub protocol: String,
    #[serde(rename = "SNI")]
    pub sni: String,
    pub service: ServiceName,
}

/// The name of a service (`ServiceName`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ServiceName {
    /// The name.
    pub name: String,
}

impl From<&types::GatewayService> for GatewayService {
    fn from(behind: &types::GatewayService) -> Self {
        let behind = behind.clone();
        Self {
            ca_file: behind.ca_file,
            cert_file: behind.cert_file,
            create_index: behind.create_index,
            from_wildcard: behind.from_wildcard,
            gateway: ServiceName { name: behind.gateway.name },
            gateway_kind: behind.gateway_kind,
            hosts: (!behind.hosts.is_empty()).then_some(behind.hosts),
            key_file: behind.key_file,
            modify_index: behind.modify_index,
            port: behind.port,
            protocol: behind.protocol,
            sni: behind.sni,
            service: ServiceName { name: behind.service.name },
        }
    }
}

impl From<GatewayService> for types::GatewayService {
    fn from(behind: GatewayService) -> Self {
        Self {
            gateway: types::Named { name: behind.gateway.name },
            service: types::Named { name: behind.service.name },
            gateway_kind: behind.gateway_kind,
            port: behind.port,
            protocol: behind.protocol,
            hosts: behind.hosts.unwrap_or_default(),
            ca_file: behind.ca_file,
            cert_file: behind.cert_file,
            key_file: behind.key_file,
            sni: behind.sni,
            from_wildcard: behind.from_wildcard,
            create_index: behind.create_index,
            modify_index: behind.modify_index,
        }
    }
}

/// An instance behind a gateway, or the service alone when it has none (`ServiceInfo`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ServiceInfo {
    /// The checks of both.
    pub checks: Option<Vec<HealthCheck>>,
    /// How it is behind the gateway.
    pub gateway_service: Option<GatewayService>,
    /// The node.
    pub node: Option<Node>,
    /// The instance.
    pub service: Option<NodeService>,
}

impl ServiceInfo {
    /// One for each instance of a service.
    pub fn all(behind: &BehindGateway) -> Vec<Self> {
        let alone = Self { gateway_service: Some((&behind.behind).into()), ..Self::default() };
        if behind.instances.is_empty() {
            return vec![alone];
        }
        let with = |instance: &ServiceInstance| {
            let CheckServiceNode { checks, node, service } = instance.into();
            Self { checks, node, service, ..alone.clone() }
        };
        behind.instances.iter().map(with).collect()
    }
}
