//! A catalog that is a list: nodes, instances, and a prepared query for each service.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proconsul_base::index::Index;
use proconsul_calls::catalog::{
    CatalogCalls, Deregister, InstanceList, Instances, NodeServices, Nodes, OfNode, Register, Services,
};
use proconsul_calls::error::CallError;
use proconsul_calls::health::{Checks, HealthCalls};
use proconsul_calls::query::{Execute, Executed, GetQuery, QueryCalls, QueryError, WriteQuery};
use proconsul_calls::read::{Answer, Contact, ReadOptions};
use proconsul_types::check::Check;
use proconsul_types::node::{Node, Text};
use proconsul_types::query::PreparedQuery;
use proconsul_types::service::{Service, ServiceInstance, ServiceKind, Weights};

/// The list. Its node `slow` is found only after everybody else had a turn.
#[derive(Default)]
pub(super) struct Catalog {
    pub(super) instances: Vec<ServiceInstance>,
}

impl Catalog {
    /// With an instance of this service on a node of its own.
    pub(super) fn with(mut self, node: &str, node_address: &str, service: &str, address: &str) -> Self {
        let node = Node {
            id: None,
            name: node.into(),
            address: node_address.into(),
            datacenter: "dc1".into(),
            tagged_addresses: None,
            meta: None,
            create_index: Index::default(),
            modify_index: Index::default(),
        };
        let service = Service {
            kind: ServiceKind::Typical,
            id: service.into(),
            name: service.into(),
            node: node.name.clone(),
            tags: Arc::from([]),
            address: address.into(),
            tagged_addresses: None,
            meta: None,
            port: 80,
            weights: Weights { passing: 1, warning: 1 },
            enable_tag_override: false,
            proxy: Arc::default(),
            connect_native: false,
            create_index: Index::default(),
            modify_index: Index::default(),
        };
        self.instances.push(ServiceInstance { node: Arc::new(node), service: Arc::new(service), checks: Vec::new() });
        self
    }

    fn of(&self, name: &str) -> Vec<ServiceInstance> {
        self.instances.iter().filter(|one| &*one.service.name == name).cloned().collect()
    }
}

fn answer<T>(value: T) -> Result<Answer<T>, CallError> {
    Ok(Answer { index: Index::default(), contact: Contact::default(), value })
}

fn here(options: &ReadOptions) -> Result<(), CallError> {
    match options.datacenter.as_deref() {
        None | Some("dc1") => Ok(()),
        Some(_) => Err(CallError::NoPathToDatacenter),
    }
}

impl CatalogCalls for Catalog {
    async fn catalog_register(&self, _: Register) -> Result<(), CallError> {
        Err(CallError::PermissionDenied)
    }

    async fn catalog_deregister(&self, _: Deregister) -> Result<(), CallError> {
        Err(CallError::PermissionDenied)
    }

    async fn catalog_nodes(&self, _: Nodes) -> Result<Answer<Vec<Arc<Node>>>, CallError> {
        answer(self.instances.iter().map(|one| Arc::clone(&one.node)).collect())
    }

    async fn catalog_services(&self, _: Services) -> Result<Answer<BTreeMap<Text, BTreeSet<Text>>>, CallError> {
        answer(self.instances.iter().map(|one| (one.service.name.clone(), BTreeSet::new())).collect())
    }

    async fn catalog_service(&self, instances: Instances<'_>) -> Result<Answer<InstanceList>, CallError> {
        answer(self.of(instances.name).into())
    }

    async fn catalog_node(&self, node: OfNode<'_>) -> Result<Answer<Option<NodeServices>>, CallError> {
        here(&node.options)?;
        if node.node == "slow" {
            tokio::task::yield_now().await;
        }
        let found = self.instances.iter().find(|one| &*one.node.name == node.node);
        answer(found.map(|one| NodeServices { node: Arc::clone(&one.node), services: Vec::new() }))
    }
}

impl HealthCalls for Catalog {
    async fn health_service(&self, instances: Instances<'_>) -> Result<Answer<InstanceList>, CallError> {
        here(&instances.options)?;
        answer(self.of(instances.name).into())
    }

    async fn health_node(&self, _: OfNode<'_>) -> Result<Answer<Vec<Arc<Check>>>, CallError> {
        Err(CallError::PermissionDenied)
    }

    async fn health_checks(&self, _: Checks<'_>) -> Result<Answer<Vec<Arc<Check>>>, CallError> {
        Err(CallError::PermissionDenied)
    }

    async fn health_state(&self, _: Checks<'_>) -> Result<Answer<Vec<Arc<Check>>>, CallError> {
        Err(CallError::PermissionDenied)
    }
}

impl QueryCalls for Catalog {
    async fn query_create(&self, _: WriteQuery) -> Result<String, CallError> {
        Err(CallError::PermissionDenied)
    }

    async fn query_update(&self, _: WriteQuery) -> Result<(), CallError> {
        Err(CallError::PermissionDenied)
    }

    async fn query_delete(&self, _: Option<Box<str>>, _: &str) -> Result<(), CallError> {
        Err(CallError::PermissionDenied)
    }

    async fn query_list(&self, _: ReadOptions) -> Result<Answer<Vec<Arc<PreparedQuery>>>, CallError> {
        Err(CallError::PermissionDenied)
    }

    async fn query_get(&self, _: GetQuery<'_>) -> Result<Answer<Arc<PreparedQuery>>, CallError> {
        Err(CallError::PermissionDenied)
    }

    async fn query_explain(&self, _: GetQuery<'_>) -> Result<Answer<PreparedQuery>, CallError> {
        Err(CallError::PermissionDenied)
    }

    async fn query_execute(&self, execute: Execute<'_>) -> Result<Answer<Executed>, CallError> {
        let nodes = self.of(execute.name);
        if nodes.is_empty() {
            return Err(QueryError::NotFound.into());
        }
        answer(Executed {
            service: execute.name.to_owned(),
            nodes,
            dns_ttl: "7s".to_owned(),
            datacenter: "dc1".to_owned(),
            failovers: 0,
        })
    }
}
