//! A catalog with one node's checks, which can be waited for.

use std::collections::{BTreeMap, BTreeSet};

use proconsul_base::index::Index;
use proconsul_calls::catalog::{
    CatalogCalls, Deregister, InstanceList, Instances, NodeServices, Nodes, OfNode, Register, Services,
};
use proconsul_calls::error::{CallError, Unavailable};
use proconsul_calls::health::{Checks, HealthCalls};
use proconsul_calls::read::{Answer, Contact};
use proconsul_types::check::Check;
use proconsul_types::node::Node;

use super::*;

/// Without a leader until it is set.
pub(super) struct FakeCatalog {
    /// The index, and the checks of the node at it.
    state: watch::Sender<(u64, Vec<Arc<Check>>)>,
}

impl Default for FakeCatalog {
    fn default() -> Self {
        Self { state: watch::Sender::new((0, Vec::new())) }
    }
}

impl FakeCatalog {
    /// These are its checks now: id, service and status of each.
    pub(super) fn set(&self, checks: &[(&str, &str, &str)]) {
        let check = |&(id, service, status): &(&str, &str, &str)| {
            let (id, status, service_id) = (id.into(), status.into(), service.into());
            Arc::new(Check { name: Text::clone(&id), id, status, service_id, ..Check::default() })
        };
        let checks = checks.iter().map(check).collect();
        self.state.send_modify(|(index, held)| {
            *index += 1;
            *held = checks;
        });
    }
}

fn answer<T>(index: u64, value: T) -> Answer<T> {
    Answer { index: Index(index), contact: Contact::default(), value }
}

impl HealthCalls for FakeCatalog {
    async fn health_service(&self, _: Instances<'_>) -> Result<Answer<InstanceList>, CallError> {
        unreachable!("an alias asks for nodes")
    }

    async fn health_node(&self, node: OfNode<'_>) -> Result<Answer<Vec<Arc<Check>>>, CallError> {
        assert_eq!(node.node, "n2");
        let seen = node.options.wait.map_or(0, |wait| wait.index.0);
        let mut state = self.state.subscribe();
        let (index, checks) = state.wait_for(|(index, _)| *index != seen || seen == 0).await.unwrap().clone();
        if index == 0 { Err(Unavailable::NoLeader.into()) } else { Ok(answer(index, checks)) }
    }

    async fn health_checks(&self, _: Checks<'_>) -> Result<Answer<Vec<Arc<Check>>>, CallError> {
        unreachable!("an alias asks for nodes")
    }

    async fn health_state(&self, _: Checks<'_>) -> Result<Answer<Vec<Arc<Check>>>, CallError> {
        unreachable!("an alias asks for nodes")
    }
}

impl CatalogCalls for FakeCatalog {
    async fn catalog_register(&self, _: Register) -> Result<(), CallError> {
        unreachable!("an alias writes nothing")
    }

    async fn catalog_deregister(&self, _: Deregister) -> Result<(), CallError> {
        unreachable!("an alias writes nothing")
    }

    async fn catalog_nodes(&self, _: Nodes) -> Result<Answer<Vec<Arc<Node>>>, CallError> {
        unreachable!("an alias asks for one node")
    }

    async fn catalog_services(&self, _: Services) -> Result<Answer<BTreeMap<Text, BTreeSet<Text>>>, CallError> {
        unreachable!("an alias asks for one node")
    }

    async fn catalog_service(&self, _: Instances<'_>) -> Result<Answer<InstanceList>, CallError> {
        unreachable!("an alias asks for one node")
    }

    async fn catalog_node(&self, node: OfNode<'_>) -> Result<Answer<Option<NodeServices>>, CallError> {
        assert_eq!(node.node, "n2");
        Ok(answer(1, None))
    }
}
