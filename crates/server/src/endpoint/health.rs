//! Checks, and the instances of services with all checks that concern them.

use std::sync::Arc;

use proconsul_base::index::Index;
use proconsul_calls::catalog::{InstanceList, Instances, NodeMeta, OfNode};
use proconsul_calls::error::CallError;
use proconsul_calls::health::{Checks, HealthCalls};
use proconsul_calls::read::Answer;
use proconsul_state::name::folded;
use proconsul_state::store::View;
use proconsul_state::watch::{Table, Topic};
use proconsul_types::check::Check;

use super::Server;
use super::catalog::has;
use crate::authorize::{Right, authorize};
use crate::local::Local;
use crate::replica::Replica;

/// The state that stands for all states.
const ANY: &str = "any";

impl<R: Replica, L: Local> HealthCalls for Server<R, L> {
    async fn health_service(&self, instances: Instances<'_>) -> Result<Answer<InstanceList>, CallError> {
        self.instances(&instances, true).await
    }

    async fn health_node(&self, asked: OfNode<'_>) -> Result<Answer<Vec<Arc<Check>>>, CallError> {
        authorize(Right::NodeRead(asked.node))?;
        self.read(&asked.options, Topic::Row(Table::Nodes, &folded(asked.node)), |store| {
            let view = store.view();
            (view.checks_on(asked.node).cloned().collect(), view.checks_index())
        })
        .await
    }

    async fn health_checks(&self, asked: Checks<'_>) -> Result<Answer<Vec<Arc<Check>>>, CallError> {
        authorize(Right::ServiceRead(asked.of))?;
        self.read(&asked.options, Topic::Table(Table::Checks), |store| {
            let view = store.view();
            let checks = view.checks_of(asked.of).cloned().collect();
            self.wanted(&view, &asked, checks)
        })
        .await
    }

    async fn health_state(&self, asked: Checks<'_>) -> Result<Answer<Vec<Arc<Check>>>, CallError> {
        self.read(&asked.options, Topic::Table(Table::Checks), |store| {
            let view = store.view();
            let checks = view.checks().filter(|check| asked.of == ANY || *check.status == *asked.of);
            let checks = checks.filter(|check| authorize(Right::NodeRead(&check.node)).is_ok()).cloned().collect();
            self.wanted(&view, &asked, checks)
        })
        .await
    }
}

impl<R: Replica, L: Local> Server<R, L> {
    /// What is left of a list of checks, in the order that is asked for, and the index to wait on.
    fn wanted(&self, view: &View, asked: &Checks<'_>, mut checks: Vec<Arc<Check>>) -> (Vec<Arc<Check>>, Index) {
        if asked.node_meta.is_empty() {
            self.sort_near(view, &asked.near, &mut checks, |check| &check.node);
            return (checks, view.checks_index());
        }
        checks.retain(|check| on_wanted_node(view, check, &asked.node_meta));
        self.sort_near(view, &asked.near, &mut checks, |check| &check.node);
        (checks, view.checks_index().max(view.nodes_index()))
    }
}

fn on_wanted_node(view: &View, check: &Check, node_meta: &NodeMeta) -> bool {
    view.node(&check.node).is_some_and(|node| has(node, node_meta))
}
