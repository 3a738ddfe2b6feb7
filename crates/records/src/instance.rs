//! Instances together with their nodes and checks.

use std::collections::BTreeMap;
use std::sync::Arc;

use proconsul_base::index::Index;
use proconsul_calls::catalog::{CatalogError, NodeServices as NodeWithServices};
use proconsul_calls::ui::NodeDump;
use proconsul_types::node::{Meta, Text};
use proconsul_types::service::{Service, ServiceInstance};
use serde::{Deserialize, Serialize};

use crate::check::{HealthCheck, some_texts};
use crate::node::{Node, id_text};
use crate::service::{ConnectProxyConfig, NodeService, ServiceAddress, ServiceConnect, Weights, addresses};

/// An instance with its node and its checks (`CheckServiceNode`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CheckServiceNode {
    /// The checks of both.
    pub checks: Option<Vec<HealthCheck>>,
    /// The node.
    pub node: Option<Node>,
    /// The instance.
    pub service: Option<NodeService>,
}

impl From<&ServiceInstance> for CheckServiceNode {
    fn from(instance: &ServiceInstance) -> Self {
        Self {
            checks: list(&instance.checks),
            node: Some((&*instance.node).into()),
            service: Some((&*instance.service).into()),
        }
    }
}

impl TryFrom<CheckServiceNode> for ServiceInstance {
    type Error = CatalogError;

    fn try_from(instance: CheckServiceNode) -> Result<Self, CatalogError> {
        let node = proconsul_types::node::Node::try_from(instance.node.unwrap_or_default())?;
        let service = instance.service.unwrap_or_default().on(Arc::clone(&node.name))?;
        let checks = instance.checks.unwrap_or_default().into_iter().map(|check| Arc::new(check.into()));
        Ok(Self { node: Arc::new(node), service: Arc::new(service), checks: checks.collect() })
    }
}

/// An instance and its node as one record (`ServiceNode`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "the fields of Node and of NodeService under longer names")]
pub struct ServiceNode {
    pub address: Text,
    pub create_index: u64,
    pub datacenter: Text,
    #[serde(rename = "ID")]
    pub id: String,
    pub modify_index: u64,
    pub node: Text,
    pub node_meta: Meta,
    pub service_address: Text,
    pub service_connect: ServiceConnect,
    pub service_enable_tag_override: bool,
    #[serde(rename = "ServiceID")]
    pub service_id: Text,
    pub service_kind: String,
    pub service_meta: Meta,
    pub service_name: Text,
    pub service_port: i64,
    pub service_proxy: ConnectProxyConfig,
    pub service_tagged_addresses: Option<BTreeMap<String, ServiceAddress>>,
    pub service_tags: Option<Arc<[Text]>>,
    pub service_weights: Weights,
    pub tagged_addresses: Meta,
}

impl From<&ServiceInstance> for ServiceNode {
    fn from(ServiceInstance { node, service, .. }: &ServiceInstance) -> Self {
        Self {
            address: Arc::clone(&node.address),
            create_index: service.create_index.0,
            datacenter: Arc::clone(&node.datacenter),
            id: id_text(node.id),
            modify_index: service.modify_index.0,
            node: Arc::clone(&service.node),
            node_meta: node.meta.clone(),
            service_address: Arc::clone(&service.address),
            service_connect: ServiceConnect { native: service.connect_native, sidecar_service: None },
            service_enable_tag_override: service.enable_tag_override,
            service_id: Arc::clone(&service.id),
            service_kind: service.kind.word().to_owned(),
            // Here, and only here, Consul makes an empty map of none.
            service_meta: Some(service.meta.clone().unwrap_or_default()),
            service_name: Arc::clone(&service.name),
            service_port: service.port,
            service_proxy: (&*service.proxy).into(),
            service_tagged_addresses: addresses(service),
            service_tags: some_texts(&service.tags),
            service_weights: service.weights.into(),
            tagged_addresses: node.tagged_addresses.clone(),
        }
    }
}

impl TryFrom<ServiceNode> for ServiceInstance {
    type Error = CatalogError;

    fn try_from(flat: ServiceNode) -> Result<Self, CatalogError> {
        let service = NodeService {
            address: flat.service_address,
            connect: flat.service_connect,
            create_index: flat.create_index,
            enable_tag_override: flat.service_enable_tag_override,
            id: flat.service_id,
            kind: flat.service_kind,
            locally_registered_as_sidecar: false,
            meta: flat.service_meta.filter(|meta| !meta.is_empty()),
            modify_index: flat.modify_index,
            port: flat.service_port,
            proxy: flat.service_proxy,
            service: flat.service_name,
            tagged_addresses: flat.service_tagged_addresses,
            tags: flat.service_tags,
            weights: Some(flat.service_weights),
        };
        let node = proconsul_types::node::Node {
            id: crate::node::id(&flat.id)?,
            name: Arc::clone(&flat.node),
            address: flat.address,
            datacenter: flat.datacenter,
            tagged_addresses: flat.tagged_addresses,
            meta: flat.node_meta,
            // The record does not say when its node was written.
            create_index: Index::ZERO,
            modify_index: Index::ZERO,
        };
        Ok(Self { node: Arc::new(node), service: Arc::new(service.on(flat.node)?), checks: Vec::new() })
    }
}

/// A node and the services on it by their ids (`NodeServices`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NodeServices {
    /// The node.
    pub node: Option<Node>,
    /// The services.
    pub services: BTreeMap<Text, NodeService>,
}

/// A node and the services on it (`NodeServiceList`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NodeServiceList {
    /// The node.
    pub node: Option<Node>,
    /// The services.
    pub services: Option<Vec<NodeService>>,
}

impl From<&NodeWithServices> for NodeServices {
    fn from(node: &NodeWithServices) -> Self {
        let by_id = |service: &Arc<Service>| (Arc::clone(&service.id), NodeService::from(&**service));
        Self { node: Some((&*node.node).into()), services: node.services.iter().map(by_id).collect() }
    }
}

impl From<&NodeWithServices> for NodeServiceList {
    fn from(node: &NodeWithServices) -> Self {
        Self { node: Some((&*node.node).into()), services: list(&node.services) }
    }
}

impl NodeServiceList {
    /// The node with its services, if there is such a node.
    pub fn read(self) -> Result<Option<NodeWithServices>, CatalogError> {
        let Some(node) = self.node else { return Ok(None) };
        let node = proconsul_types::node::Node::try_from(node)?;
        let services = self.services.unwrap_or_default().into_iter();
        let services =
            services.map(|service| service.on(Arc::clone(&node.name)).map(Arc::new)).collect::<Result<_, _>>();
        Ok(Some(NodeWithServices { services: services?, node: Arc::new(node) }))
    }
}

/// A node with all that is on it (`NodeInfo`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NodeInfo {
    /// Its address.
    pub address: Text,
    /// All checks.
    pub checks: Option<Vec<HealthCheck>>,
    /// Its id; empty for none.
    #[serde(rename = "ID")]
    pub id: String,
    /// What the user says about it.
    pub meta: Meta,
    /// Its name.
    pub node: Text,
    /// All services.
    pub services: Option<Vec<NodeService>>,
    /// Other addresses by purpose.
    pub tagged_addresses: Meta,
}

impl From<&NodeDump> for NodeInfo {
    fn from(dump: &NodeDump) -> Self {
        let Node { address, id, meta, node, tagged_addresses, .. } = Node::from(&*dump.node);
        Self { address, checks: list(&dump.checks), id, meta, node, services: list(&dump.services), tagged_addresses }
    }
}

impl TryFrom<NodeInfo> for NodeDump {
    type Error = CatalogError;

    fn try_from(info: NodeInfo) -> Result<Self, CatalogError> {
        let NodeInfo { address, checks, id, meta, node, services, tagged_addresses } = info;
        let name = Arc::clone(&node);
        let node = Node { address, id, meta, node, tagged_addresses, ..Node::default() };
        let services =
            services.unwrap_or_default().into_iter().map(|service| service.on(Arc::clone(&name)).map(Arc::new));
        Ok(Self {
            node: Arc::new(node.try_into()?),
            services: services.collect::<Result<_, _>>()?,
            checks: checks.unwrap_or_default().into_iter().map(|check| Arc::new(check.into())).collect(),
        })
    }
}

/// A list that is nil when it is empty.
pub(crate) fn list<'a, T: 'a, R: From<&'a T>>(items: &'a [Arc<T>]) -> Option<Vec<R>> {
    (!items.is_empty()).then(|| items.iter().map(|item| R::from(item)).collect())
}
