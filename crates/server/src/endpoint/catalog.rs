//! Nodes and services: registering, deregistering, lists.

pub(super) mod registration;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proconsul_calls::catalog::{
    CatalogCalls, CatalogError, Deregister, InstanceList, Instances, NodeMeta, NodeServices, Nodes, OfNode, Register,
    Services,
};
use proconsul_calls::error::CallError;
use proconsul_calls::read::Answer;
use proconsul_state::command::Command;
use proconsul_state::command::catalog::CatalogCommand;
use proconsul_state::failure::Failure;
use proconsul_state::name::folded;
use proconsul_state::outcome::Outcome;
use proconsul_state::store::View;
use proconsul_state::watch::{Table, Topic};
use proconsul_types::node::{Node, Text};

use super::Server;
use crate::authorize::{Right, authorize};
use crate::local::Local;
use crate::replica::Replica;

impl<R: Replica, L: Local> CatalogCalls for Server<R, L> {
    async fn catalog_register(&self, register: Register) -> Result<(), CallError> {
        self.own_datacenter(register.datacenter.as_deref())?;
        let register = registration::checked(register, &self.settings.datacenter)?;
        authorize(Right::NodeWrite(&register.node.name))?;
        register.service.iter().try_for_each(|service| authorize(Right::ServiceWrite(&service.name)))?;
        let node = register.node.name.to_string();
        match self.outcome(&Command::Catalog(CatalogCommand::Register(Box::new(register)))).await? {
            Outcome::Done => Ok(()),
            Outcome::Failed(failure @ Failure::NodeNameTaken(_)) => Err(CatalogError::Node(failure.to_string()).into()),
            Outcome::Failed(failure) => Err(CatalogError::Check { why: failure.to_string(), node }.into()),
            _ => Err(CallError::UnknownOutcome),
        }
    }

    async fn catalog_deregister(&self, deregister: Deregister) -> Result<(), CallError> {
        self.own_datacenter(deregister.datacenter.as_deref())?;
        let Deregister { node, service_id, check_id, .. } = &deregister;
        if node.is_empty() {
            return Err(CatalogError::MissingNode.into());
        }
        authorize(Right::NodeWrite(node))?;
        let command = match (&**service_id, &**check_id) {
            ("", "") => CatalogCommand::DeregisterNode { node },
            ("", id) => CatalogCommand::DeregisterCheck { node, id },
            (id, _) => CatalogCommand::DeregisterService { node, id },
        };
        self.propose(&Command::Catalog(command)).await.map(drop)
    }

    async fn catalog_nodes(&self, nodes: Nodes) -> Result<Answer<Vec<Arc<Node>>>, CallError> {
        self.read(&nodes.options, Topic::Table(Table::Nodes), |store| {
            let view = store.view();
            let wanted = view.nodes().filter(|node| has(node, &nodes.node_meta) && may_read(node));
            let mut list: Vec<Arc<Node>> = wanted.cloned().collect();
            self.sort_near(&view, &nodes.near, &mut list, |node| &node.name);
            (list, view.nodes_index())
        })
        .await
    }

    async fn catalog_services(&self, services: Services) -> Result<Answer<BTreeMap<Text, BTreeSet<Text>>>, CallError> {
        self.read(&services.options, Topic::Table(Table::Services), |store| {
            let view = store.view();
            let index = match &services.node_meta[..] {
                [] => view.services_index(),
                _ => view.services_index().max(view.nodes_index()),
            };
            (names(&view, &services.node_meta), index)
        })
        .await
    }

    async fn catalog_service(&self, instances: Instances<'_>) -> Result<Answer<InstanceList>, CallError> {
        self.instances(&instances, false).await
    }

    async fn catalog_node(&self, asked: OfNode<'_>) -> Result<Answer<Option<NodeServices>>, CallError> {
        authorize(Right::NodeRead(asked.node))?;
        // One that is asked for by its id is watched by its name; one that is not there, or not on this server yet, by all that
        // may come to be said of it.
        let known = self.store.view().node_named_or_with_id(asked.node).map(|node| folded(&node.name).into_owned());
        let topic = known.as_deref().map_or(Topic::Table(Table::Catalog), |name| Topic::Row(Table::Nodes, name));
        self.read(&asked.options, topic, |store| {
            let view = store.view();
            let Some(node) = view.node_named_or_with_id(asked.node) else { return Default::default() };
            let services = view.services_on(&node.name).cloned().collect();
            let index = view.nodes_index().max(view.services_index());
            (Some(NodeServices { node: node.clone(), services }), index)
        })
        .await
    }
}

/// The names of all services on the wanted nodes, each with all tags of its instances.
fn names(view: &View, node_meta: &NodeMeta) -> BTreeMap<Text, BTreeSet<Text>> {
    let mut names: BTreeMap<Text, BTreeSet<Text>> = BTreeMap::new();
    for service in view.services() {
        let wanted = node_meta.is_empty() || view.node(&service.node).is_some_and(|node| has(node, node_meta));
        if wanted && authorize(Right::ServiceRead(&service.name)).is_ok() {
            names.entry(service.name.clone()).or_default().extend(service.tags.iter().cloned());
        }
    }
    names
}

/// Whether a node says all this about itself.
pub(super) fn has(node: &Node, node_meta: &NodeMeta) -> bool {
    let says = |name: &String, text| node.meta.as_ref().is_some_and(|meta| meta.get(name) == Some(text));
    node_meta.iter().all(|(name, text)| says(name, text))
}

fn may_read(node: &Node) -> bool {
    authorize(Right::NodeRead(&node.name)).is_ok()
}
