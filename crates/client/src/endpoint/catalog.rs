//! The catalog.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::Arc;

use proconsul_calls::catalog::{
    CatalogCalls, CatalogError, Deregister, InstanceList, Instances, NodeIdError, NodeMeta, NodeServices, Nodes,
    OfNode, Register, Role, Services,
};
use proconsul_calls::error::CallError;
use proconsul_calls::read::Answer;
use proconsul_records as records;
use proconsul_records::Empty;
use proconsul_records::catalog::{
    DcSpecific, DeregisterRequest, ListOfNode, NodeSpecific, RegisterRequest, ServiceNodes, ServiceSpecific,
};
use proconsul_types::node::{Node, Text};
use proconsul_types::service::ServiceInstance;

use super::Client;
use crate::forward::{Kind, Transport};

impl<T: Transport, L: Send + Sync + 'static> CatalogCalls for Client<T, L> {
    async fn catalog_register(&self, register: Register) -> Result<(), CallError> {
        let datacenter = self.datacenter(register.datacenter.as_deref()).into();
        let request = RegisterRequest { datacenter, ..(&register).into() };
        self.call::<Option<Empty>>("Catalog.Register", Kind::Write, &request).await.map(drop)
    }

    async fn catalog_deregister(&self, deregister: Deregister) -> Result<(), CallError> {
        let datacenter = self.datacenter(deregister.datacenter.as_deref()).into();
        let request = DeregisterRequest { datacenter, ..(&deregister).into() };
        self.call::<Option<Empty>>("Catalog.Deregister", Kind::Write, &request).await.map(drop)
    }

    async fn catalog_nodes(&self, nodes: Nodes) -> Result<Answer<Vec<Arc<Node>>>, CallError> {
        let datacenter = nodes.options.datacenter.as_deref();
        let question = DcSpecific {
            datacenter: self.datacenter(datacenter),
            node_meta_filters: filters(&nodes.node_meta),
            source: self.source(&nodes.near, datacenter),
        };
        let value = |found: records::catalog::Nodes| {
            found.nodes.unwrap_or_default().into_iter().map(|node| Node::try_from(node).map(Arc::new)).collect()
        };
        self.read::<_, _, _, NodeIdError>("Catalog.ListNodes", question, &nodes.options, value).await
    }

    async fn catalog_services(&self, services: Services) -> Result<Answer<BTreeMap<Text, BTreeSet<Text>>>, CallError> {
        let question = DcSpecific {
            datacenter: self.datacenter(services.options.datacenter.as_deref()),
            node_meta_filters: filters(&services.node_meta),
            ..DcSpecific::default()
        };
        let value = |found: records::catalog::Services| Ok::<_, Infallible>(found.services);
        self.read("Catalog.ListServices", question, &services.options, value).await
    }

    async fn catalog_service(&self, instances: Instances<'_>) -> Result<Answer<InstanceList>, CallError> {
        let question = self.of_service(&instances);
        let value = |found: ServiceNodes| -> Result<InstanceList, CatalogError> {
            let nodes = found.service_nodes.unwrap_or_default().into_iter();
            Ok(nodes.map(ServiceInstance::try_from).collect::<Result<Vec<_>, _>>()?.into())
        };
        self.read("Catalog.ServiceNodes", question, &instances.options, value).await
    }

    async fn catalog_node(&self, node: OfNode<'_>) -> Result<Answer<Option<NodeServices>>, CallError> {
        let question = self.of_node(&node);
        let value = |found: ListOfNode| {
            let mut node = found.node_services.read()?;
            if let Some(node) = &mut node {
                node.services.sort_by(|one, other| one.id.cmp(&other.id));
            }
            Ok::<_, CatalogError>(node)
        };
        self.read("Catalog.NodeServiceList", question, &node.options, value).await
    }
}

impl<T: Transport, L: Send + Sync + 'static> Client<T, L> {
    /// A question about a service, of the catalog or of health.
    pub(super) fn of_service(&self, instances: &Instances<'_>) -> ServiceSpecific {
        let datacenter = instances.options.datacenter.as_deref();
        ServiceSpecific {
            connect: instances.role == Role::Connect,
            datacenter: self.datacenter(datacenter),
            ingress: instances.role == Role::Ingress,
            node_meta_filters: filters(&instances.node_meta),
            service_name: instances.name.to_owned(),
            service_tags: (!instances.tags.is_empty()).then(|| instances.tags.clone()),
            tag_filter: !instances.tags.is_empty(),
            source: self.source(&instances.near, datacenter),
            ..ServiceSpecific::default()
        }
    }

    /// A question about a node.
    pub(super) fn of_node(&self, node: &OfNode<'_>) -> NodeSpecific {
        let datacenter = self.datacenter(node.options.datacenter.as_deref());
        NodeSpecific { datacenter, node: node.node.to_owned() }
    }
}

/// The metadata that nodes must have, as a server is told.
pub(super) fn filters(node_meta: &NodeMeta) -> Option<BTreeMap<String, String>> {
    (!node_meta.is_empty()).then(|| node_meta.iter().cloned().collect())
}
