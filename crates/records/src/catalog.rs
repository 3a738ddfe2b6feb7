//! What the catalog and health are asked and told.

use std::collections::{BTreeMap, BTreeSet};

use proconsul_base::index::Index;
use proconsul_calls::catalog::{CatalogError, Deregister, Register};
use proconsul_types::node::{Meta, Node, Text};
use serde::{Deserialize, Serialize};

use crate::check::HealthCheck;
use crate::gateway::{GatewayService, ServiceInfo};
use crate::instance::{CheckServiceNode, NodeInfo, NodeServiceList, NodeServices, ServiceNode};
use crate::node::id_text;
use crate::options::{QuerySource, name};
use crate::service::NodeService;

/// A registration; also how nodes, services and checks stand in a snapshot file (`RegisterRequest`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RegisterRequest {
    /// The node's address.
    pub address: Text,
    /// One check.
    pub check: Option<HealthCheck>,
    /// More checks.
    pub checks: Option<Vec<HealthCheck>>,
    /// Of a snapshot: the write that made the node.
    pub create_index: u64,
    /// The datacenter.
    pub datacenter: Text,
    /// The node's id; empty for none.
    #[serde(rename = "ID")]
    pub id: String,
    /// Of a snapshot: the last write that changed the node.
    pub modify_index: u64,
    /// The node.
    pub node: Text,
    /// What the user says about it.
    pub node_meta: Meta,
    /// One service.
    pub service: Option<NodeService>,
    /// Whether a node that exists stays as it is.
    pub skip_node_update: bool,
    /// Other addresses by purpose.
    pub tagged_addresses: Meta,
    /// The secret of who registers.
    pub token: String,
}

impl RegisterRequest {
    /// The node that is registered, its datacenter and its indexes included.
    pub fn node(&self) -> Result<Node, CatalogError> {
        // These two are told before a wrong id.
        let id = match (&*self.node, &*self.address) {
            ("", _) => None,
            (_, "") if !self.skip_node_update => None,
            _ => crate::node::id(&self.id)?,
        };
        Ok(Node {
            id,
            name: self.node.clone(),
            address: self.address.clone(),
            datacenter: self.datacenter.clone(),
            tagged_addresses: self.tagged_addresses.clone(),
            meta: self.node_meta.clone(),
            create_index: Index(self.create_index),
            modify_index: Index(self.modify_index),
        })
    }

    /// One that says all there is to say about a node.
    pub fn of_node(node: &Node) -> Self {
        Self {
            address: node.address.clone(),
            create_index: node.create_index.0,
            datacenter: node.datacenter.clone(),
            id: id_text(node.id),
            modify_index: node.modify_index.0,
            node: node.name.clone(),
            node_meta: node.meta.clone(),
            tagged_addresses: node.tagged_addresses.clone(),
            ..Self::default()
        }
    }
}

impl TryFrom<RegisterRequest> for Register {
    type Error = CatalogError;

    fn try_from(request: RegisterRequest) -> Result<Self, CatalogError> {
        let node =
            Node { create_index: Index::ZERO, modify_index: Index::ZERO, datacenter: "".into(), ..request.node()? };
        Ok(Self {
            datacenter: name(&request.datacenter),
            node,
            service: request.service.map(|service| service.on("".into())).transpose()?,
            checks: request.checks.unwrap_or_default().into_iter().chain(request.check).map(Into::into).collect(),
            skip_node_update: request.skip_node_update,
        })
    }
}

impl From<&Register> for RegisterRequest {
    fn from(register: &Register) -> Self {
        Self {
            checks: (!register.checks.is_empty()).then(|| register.checks.iter().map(Into::into).collect()),
            datacenter: register.datacenter.as_deref().unwrap_or_default().into(),
            service: register.service.as_ref().map(Into::into),
            skip_node_update: register.skip_node_update,
            ..Self::of_node(&register.node)
        }
    }
}

/// What is to go (`DeregisterRequest`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeregisterRequest {
    /// A check; empty for none.
    #[serde(rename = "CheckID")]
    pub check_id: Box<str>,
    /// The datacenter.
    pub datacenter: Box<str>,
    /// The node.
    pub node: Box<str>,
    /// A service; empty for none.
    #[serde(rename = "ServiceID")]
    pub service_id: Box<str>,
    /// The secret of who asks.
    pub token: String,
}

impl From<DeregisterRequest> for Deregister {
    fn from(request: DeregisterRequest) -> Self {
        let DeregisterRequest { check_id, datacenter, node, service_id, .. } = request;
        Self { datacenter: name(&datacenter), node, service_id, check_id }
    }
}

impl From<&Deregister> for DeregisterRequest {
    fn from(deregister: &Deregister) -> Self {
        let Deregister { datacenter, node, service_id, check_id } = deregister.clone();
        Self { check_id, datacenter: datacenter.unwrap_or_default(), node, service_id, token: String::new() }
    }
}

/// A question about a whole datacenter (`DCSpecificRequest`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DcSpecific {
    /// The datacenter.
    pub datacenter: String,
    /// Metadata that nodes must have.
    pub node_meta_filters: Option<BTreeMap<String, String>>,
    /// Whose neighbours come first.
    pub source: QuerySource,
}

/// A question about a service (`ServiceSpecificRequest`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ServiceSpecific {
    /// Whether instances that reach it through the mesh are meant.
    pub connect: bool,
    /// The datacenter.
    pub datacenter: String,
    /// Whether the ingress gateways that lead to it are meant.
    pub ingress: bool,
    /// Metadata that nodes must have.
    pub node_meta_filters: Option<BTreeMap<String, String>>,
    /// Only the instances with this address.
    pub service_address: String,
    /// The service, or the gateway.
    pub service_name: String,
    /// One tag; of agents before 1.3, others say it among the others.
    pub service_tag: String,
    /// The tags that instances must have.
    pub service_tags: Option<Vec<String>>,
    /// Whose neighbours come first.
    pub source: QuerySource,
    /// Whether the tags count.
    pub tag_filter: bool,
}

/// A question about a node (`NodeSpecificRequest`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NodeSpecific {
    /// The datacenter.
    pub datacenter: String,
    /// The node, by its name or its id.
    pub node: String,
}

/// A question about checks (`ChecksInStateRequest`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ChecksInState {
    /// The datacenter.
    pub datacenter: String,
    /// Metadata that nodes must have.
    pub node_meta_filters: Option<BTreeMap<String, String>>,
    /// Whose neighbours come first.
    pub source: QuerySource,
    /// The state; `any` for all.
    pub state: String,
}

/// A question about all instances (`ServiceDumpRequest`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ServiceDump {
    /// The datacenter.
    pub datacenter: String,
    /// Only instances of this kind.
    pub service_kind: String,
    /// Whose neighbours come first.
    pub source: QuerySource,
    /// Whether the kind counts.
    pub use_service_kind: bool,
}

macro_rules! replies {
    ($($(#[$doc:meta])* $name:ident { $field:ident: $kind:ty })*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
            #[serde(rename_all = "PascalCase", default)]
            pub struct $name {
                /// What was found.
                pub $field: $kind,
            }
        )*
    };
}

replies! {
    /// Nodes (`IndexedNodes`).
    Nodes { nodes: Option<Vec<crate::node::Node>> }
    /// Names of services with their tags (`IndexedServices`).
    Services { services: BTreeMap<Text, BTreeSet<Text>> }
    /// Instances without checks (`IndexedServiceNodes`).
    ServiceNodes { service_nodes: Option<Vec<ServiceNode>> }
    /// Instances with checks (`IndexedCheckServiceNodes`).
    CheckServiceNodes { nodes: Option<Vec<CheckServiceNode>> }
    /// A node's services by their ids (`IndexedNodeServices`).
    OfNode { node_services: Option<NodeServices> }
    /// A node's services (`IndexedNodeServiceList`).
    ListOfNode { node_services: NodeServiceList }
    /// Names of services (`IndexedServiceList`).
    ServiceList { services: Option<Vec<crate::gateway::ServiceName>> }
    /// Services behind a gateway (`IndexedGatewayServices`).
    GatewayServices { services: Option<Vec<GatewayService>> }
    /// Checks (`IndexedHealthChecks`).
    HealthChecks { health_checks: Option<Vec<HealthCheck>> }
    /// Nodes with all that is on them (`IndexedNodeDump`).
    NodeDump { dump: Option<Vec<NodeInfo>> }
    /// Instances behind a gateway (`IndexedServiceDump`).
    BehindGateway { dump: Option<Vec<ServiceInfo>> }
}
