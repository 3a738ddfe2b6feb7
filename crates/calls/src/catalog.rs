//! The catalog: nodes, the services on them, and their checks, without a word about health.

pub mod definition;
mod error;
mod instance_list;
pub mod meta;

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::Arc;

use proconsul_types::check::Check;
use proconsul_types::node::{Node, Text};
use proconsul_types::service::Service;

use crate::error::CallError;
use crate::read::{Answer, ReadOptions};

pub use error::{CatalogError, MetaError, MetaPairError, NodeIdError, ServiceMistake};
pub use instance_list::InstanceList;

/// `/v1/catalog/`.
pub trait CatalogCalls {
    /// `PUT /v1/catalog/register`.
    fn catalog_register(&self, register: Register) -> impl Future<Output = Result<(), CallError>> + Send;

    /// `PUT /v1/catalog/deregister`.
    fn catalog_deregister(&self, deregister: Deregister) -> impl Future<Output = Result<(), CallError>> + Send;

    /// `GET /v1/catalog/nodes`.
    fn catalog_nodes(&self, nodes: Nodes) -> impl Future<Output = Result<Answer<Vec<Arc<Node>>>, CallError>> + Send;

    /// `GET /v1/catalog/services`: each name with the tags of all its instances.
    fn catalog_services(
        &self,
        services: Services,
    ) -> impl Future<Output = Result<Answer<BTreeMap<Text, BTreeSet<Text>>>, CallError>> + Send;

    /// `GET /v1/catalog/service/:name` and `catalog/connect/:name`: the instances, without checks.
    fn catalog_service(
        &self,
        instances: Instances<'_>,
    ) -> impl Future<Output = Result<Answer<InstanceList>, CallError>> + Send;

    /// `GET /v1/catalog/node/:node` and `catalog/node-services/:node`; the node by its name or its id.
    fn catalog_node(
        &self,
        node: OfNode<'_>,
    ) -> impl Future<Output = Result<Answer<Option<NodeServices>>, CallError>> + Send;
}

/// What a registration says. Absent parts are left as they are; the indexes in the records are not looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Register {
    /// The datacenter to write to; `None` for the agent's own.
    pub datacenter: Option<Box<str>>,
    /// The node. Its address may be empty only with `skip_node_update`.
    pub node: Node,
    /// A service on it.
    pub service: Option<Service>,
    /// Checks of the node or of services on it.
    pub checks: Vec<Check>,
    /// Whether a node that exists stays as it is.
    pub skip_node_update: bool,
}

/// What is to go: the service, else the check, else the node with all that is on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deregister {
    /// The datacenter to write to; `None` for the agent's own.
    pub datacenter: Option<Box<str>>,
    /// The node.
    pub node: Box<str>,
    /// A service on it; empty for none.
    pub service_id: Box<str>,
    /// A check on it; empty for none.
    pub check_id: Box<str>,
}

/// Metadata that a node must have, all of it.
pub type NodeMeta = Vec<(String, String)>;

/// Whose neighbours come first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Near {
    /// Nobody's: no order is asked for.
    #[default]
    Nowhere,
    /// This node's (`_agent` is resolved by the door's answerer).
    Node(Box<str>),
    /// The agent's own.
    Agent,
    /// The node that has this address (`_ip`).
    Address(std::net::IpAddr),
}

/// Which nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nodes {
    /// Metadata they must have.
    pub node_meta: NodeMeta,
    /// In whose order.
    pub near: Near,
    /// How to read.
    pub options: ReadOptions,
}

/// Which services.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Services {
    /// Metadata their nodes must have.
    pub node_meta: NodeMeta,
    /// How to read.
    pub options: ReadOptions,
}

/// In which role a service is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// The instances of the name itself.
    #[default]
    Service,
    /// The instances that reach it through the mesh: its proxies, native instances and terminating gateways.
    Connect,
    /// The ingress gateways that lead to it.
    Ingress,
}

/// Which instances of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instances<'a> {
    /// The service.
    pub name: &'a str,
    /// In which role.
    pub role: Role,
    /// Tags they must have, all of them, without regard to case.
    pub tags: Vec<String>,
    /// Metadata their nodes must have.
    pub node_meta: NodeMeta,
    /// Only those whose every check passes, the node's included.
    pub passing: bool,
    /// In whose order.
    pub near: Near,
    /// Whether what config entries say about services and proxies is filled in (1.13).
    pub merge_central_config: bool,
    /// How to read.
    pub options: ReadOptions,
}

/// One node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfNode<'a> {
    /// Its name or its id.
    pub node: &'a str,
    /// How to read.
    pub options: ReadOptions,
}

/// A node with the services on it, in the order of their ids.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeServices {
    /// The node.
    pub node: Arc<Node>,
    /// The services.
    pub services: Vec<Arc<Service>>,
}
