//! What the web page asks: the catalog in the large pieces that a page shows.

use std::future::Future;
use std::sync::Arc;

use proconsul_types::check::Check;
use proconsul_types::gateway::GatewayService;
use proconsul_types::node::Node;
use proconsul_types::service::{Service, ServiceInstance};

use crate::catalog::OfNode;
use crate::error::CallError;
use crate::read::{Answer, ReadOptions};

/// `/v1/internal/ui/`.
pub trait UiCalls {
    /// `GET /v1/internal/ui/nodes`, in the order of the names.
    fn ui_nodes(&self, options: ReadOptions) -> impl Future<Output = Result<Answer<Vec<NodeDump>>, CallError>> + Send;

    /// `GET /v1/internal/ui/node/:node`.
    fn ui_node(&self, node: OfNode<'_>) -> impl Future<Output = Result<Answer<Option<NodeDump>>, CallError>> + Send;

    /// The instances that `GET /v1/internal/ui/services` sums up, in the order of their names, nodes and ids.
    fn ui_instances(
        &self,
        options: ReadOptions,
    ) -> impl Future<Output = Result<Answer<Vec<ServiceInstance>>, CallError>> + Send;

    /// `GET /v1/internal/ui/gateway-services-nodes/:gateway`, in the order of the services' names.
    fn ui_gateway(
        &self,
        gateway: &str,
        options: ReadOptions,
    ) -> impl Future<Output = Result<Answer<Vec<BehindGateway>>, CallError>> + Send;
}

/// A service behind a gateway, with its instances.
#[derive(Clone, Debug, PartialEq)]
pub struct BehindGateway {
    /// How it is behind it.
    pub behind: GatewayService,
    /// The instances, in the order of their nodes and ids.
    pub instances: Vec<ServiceInstance>,
}

/// A node with all that is on it.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeDump {
    /// The node.
    pub node: Arc<Node>,
    /// The services, in the order of their ids.
    pub services: Vec<Arc<Service>>,
    /// The checks, in the order of their ids.
    pub checks: Vec<Arc<Check>>,
}
