//! What the web page asks.

use std::sync::Arc;

use proconsul_base::index::Index;
use proconsul_calls::catalog::OfNode;
use proconsul_calls::error::CallError;
use proconsul_calls::read::{Answer, ReadOptions};
use proconsul_calls::ui::{BehindGateway, NodeDump, UiCalls};
use proconsul_state::store::View;
use proconsul_state::watch::{Table, Topic};
use proconsul_types::node::Node;
use proconsul_types::service::ServiceInstance;

use super::Server;
use crate::authorize::{Right, authorize};
use crate::local::Local;
use crate::replica::Replica;

impl<R: Replica, L: Local> UiCalls for Server<R, L> {
    async fn ui_nodes(&self, options: ReadOptions) -> Result<Answer<Vec<NodeDump>>, CallError> {
        self.read(&options, Topic::Table(Table::Catalog), |store| {
            let view = store.view();
            let nodes = view.nodes().filter(|node| authorize(Right::NodeRead(&node.name)).is_ok());
            (nodes.map(|node| dump(&view, node)).collect(), index(&view))
        })
        .await
    }

    async fn ui_node(&self, node: OfNode<'_>) -> Result<Answer<Option<NodeDump>>, CallError> {
        authorize(Right::NodeRead(node.node))?;
        self.read(&node.options, Topic::Table(Table::Catalog), |store| {
            let view = store.view();
            (view.node(node.node).map(|node| dump(&view, node)), index(&view))
        })
        .await
    }

    async fn ui_instances(&self, options: ReadOptions) -> Result<Answer<Vec<ServiceInstance>>, CallError> {
        self.read(&options, Topic::Table(Table::Catalog), |store| {
            let view = store.view();
            let mut names: Vec<_> = view.services().map(|service| service.name.to_lowercase()).collect();
            names.dedup();
            let names = names.iter().filter(|name| authorize(Right::ServiceRead(name)).is_ok());
            let instances = names.flat_map(|name| view.instances(name).map(|found| found.instance()));
            (instances.collect(), index(&view))
        })
        .await
    }

    async fn ui_gateway(&self, gateway: &str, options: ReadOptions) -> Result<Answer<Vec<BehindGateway>>, CallError> {
        authorize(Right::ServiceRead(gateway))?;
        self.read(&options, Topic::Table(Table::Catalog), |store| {
            let view = store.view();
            let services = view.gateway_services(gateway).into_iter().map(|behind| {
                let instances = view.instances(&behind.service.name).map(|found| found.instance()).collect();
                BehindGateway { behind, instances }
            });
            let services: Vec<BehindGateway> = services.collect();
            // With nothing behind it, only another configuration can change that.
            let newest =
                if services.is_empty() { view.config_index() } else { index(&view).max(view.gateways_index()) };
            (services, newest)
        })
        .await
    }
}

fn dump(view: &View, node: &Arc<Node>) -> NodeDump {
    NodeDump {
        node: node.clone(),
        services: view.services_on(&node.name).cloned().collect(),
        checks: view.checks_on(&node.name).cloned().collect(),
    }
}

fn index(view: &View) -> Index {
    view.nodes_index().max(view.services_index()).max(view.checks_index())
}
