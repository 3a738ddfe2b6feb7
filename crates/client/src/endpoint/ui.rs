//! What the web page asks.

use proconsul_calls::catalog::{CatalogError, OfNode};
use proconsul_calls::error::CallError;
use proconsul_calls::read::{Answer, ReadOptions};
use proconsul_calls::ui::{BehindGateway, NodeDump, UiCalls};
use proconsul_records as records;
use proconsul_records::catalog::{CheckServiceNodes, DcSpecific, ServiceDump, ServiceSpecific};
use proconsul_types::service::ServiceInstance;

use super::Client;
use crate::forward::Transport;

impl<T: Transport, L: Send + Sync + 'static> UiCalls for Client<T, L> {
    async fn ui_nodes(&self, options: ReadOptions) -> Result<Answer<Vec<NodeDump>>, CallError> {
        let datacenter = self.datacenter(options.datacenter.as_deref());
        let question = DcSpecific { datacenter, ..DcSpecific::default() };
        self.read("Internal.NodeDump", question, &options, dumps).await
    }

    async fn ui_node(&self, node: OfNode<'_>) -> Result<Answer<Option<NodeDump>>, CallError> {
        let question = self.of_node(&node);
        let value = |found| dumps(found).map(|dumps| dumps.into_iter().next());
        self.read("Internal.NodeInfo", question, &node.options, value).await
    }

    async fn ui_instances(&self, options: ReadOptions) -> Result<Answer<Vec<ServiceInstance>>, CallError> {
        let datacenter = self.datacenter(options.datacenter.as_deref());
        let question = ServiceDump { datacenter, ..ServiceDump::default() };
        let value = |found: CheckServiceNodes| {
            let nodes = found.nodes.unwrap_or_default().into_iter();
            let mut instances = nodes.map(ServiceInstance::try_from).collect::<Result<Vec<_>, _>>()?;
            // Consul's servers have an order of their own.
            let key =
                |of: &ServiceInstance| (of.service.name.to_lowercase(), of.node.name.clone(), of.service.id.clone());
            instances.sort_by_cached_key(key);
            Ok(instances)
        };
        self.read::<_, _, _, CatalogError>("Internal.ServiceDump", question, &options, value).await
    }

    async fn ui_gateway(&self, gateway: &str, options: ReadOptions) -> Result<Answer<Vec<BehindGateway>>, CallError> {
        let datacenter = self.datacenter(options.datacenter.as_deref());
        let question = ServiceSpecific { datacenter, service_name: gateway.to_owned(), ..ServiceSpecific::default() };
        let value = |found: records::catalog::BehindGateway| behind(found);
        self.read("Internal.GatewayServiceDump", question, &options, value).await
    }
}

fn dumps(found: records::catalog::NodeDump) -> Result<Vec<NodeDump>, CatalogError> {
    found.dump.unwrap_or_default().into_iter().map(NodeDump::try_from).collect()
}

/// One record for each instance, as it travels, into one for each service.
fn behind(found: records::catalog::BehindGateway) -> Result<Vec<BehindGateway>, CatalogError> {
    let mut all: Vec<BehindGateway> = Vec::new();
    for info in found.dump.unwrap_or_default() {
        let records::gateway::ServiceInfo { checks, gateway_service, node, service } = info;
        let behind = gateway_service.unwrap_or_default().into();
        let is_same = |last: &BehindGateway| last.behind == behind;
        if !all.last().is_some_and(is_same) {
            all.push(BehindGateway { behind, instances: Vec::new() });
        }
        let Some(last) = all.last_mut() else { continue };
        if node.is_some() {
            last.instances.push(records::instance::CheckServiceNode { checks, node, service }.try_into()?);
        }
    }
    Ok(all)
}
