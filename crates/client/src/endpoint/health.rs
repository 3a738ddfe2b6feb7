//! Health.

use std::convert::Infallible;
use std::sync::Arc;

use proconsul_calls::catalog::{CatalogError, InstanceList, Instances, OfNode};
use proconsul_calls::error::CallError;
use proconsul_calls::health::{Checks, HealthCalls};
use proconsul_calls::read::Answer;
use proconsul_records::catalog::{CheckServiceNodes, ChecksInState, HealthChecks, ServiceSpecific};
use proconsul_types::check::{Check, PASSING};
use proconsul_types::service::ServiceInstance;

use super::Client;
use super::catalog::filters;
use crate::forward::Transport;

impl<T: Transport, L: Send + Sync + 'static> HealthCalls for Client<T, L> {
    /// Which instances pass the agent looks at, as in Consul.
    async fn health_service(&self, instances: Instances<'_>) -> Result<Answer<InstanceList>, CallError> {
        let question = self.of_service(&instances);
        let passing = instances.passing;
        let value = |found: CheckServiceNodes| -> Result<InstanceList, CatalogError> {
            let nodes = found.nodes.unwrap_or_default().into_iter();
            let mut list = nodes.map(ServiceInstance::try_from).collect::<Result<Vec<_>, _>>()?;
            list.retain(|instance| !passing || instance.checks.iter().all(|check| *check.status == *PASSING));
            Ok(list.into())
        };
        self.read("Health.ServiceNodes", question, &instances.options, value).await
    }

    async fn health_node(&self, node: OfNode<'_>) -> Result<Answer<Vec<Arc<Check>>>, CallError> {
        let question = self.of_node(&node);
        self.read("Health.NodeChecks", question, &node.options, checks).await
    }

    async fn health_checks(&self, asked: Checks<'_>) -> Result<Answer<Vec<Arc<Check>>>, CallError> {
        let datacenter = asked.options.datacenter.as_deref();
        let question = ServiceSpecific {
            datacenter: self.datacenter(datacenter),
            node_meta_filters: filters(&asked.node_meta),
            service_name: asked.of.to_owned(),
            source: self.source(&asked.near, datacenter),
            ..ServiceSpecific::default()
        };
        self.read("Health.ServiceChecks", question, &asked.options, checks).await
    }

    async fn health_state(&self, asked: Checks<'_>) -> Result<Answer<Vec<Arc<Check>>>, CallError> {
        let datacenter = asked.options.datacenter.as_deref();
        let question = ChecksInState {
            datacenter: self.datacenter(datacenter),
            node_meta_filters: filters(&asked.node_meta),
            source: self.source(&asked.near, datacenter),
            state: asked.of.to_owned(),
        };
        self.read("Health.ChecksInState", question, &asked.options, checks).await
    }
}

fn checks(found: HealthChecks) -> Result<Vec<Arc<Check>>, Infallible> {
    Ok(found.health_checks.unwrap_or_default().into_iter().map(|check| Arc::new(check.into())).collect())
}
