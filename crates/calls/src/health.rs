//! Health: checks, and the instances of services with all checks that concern them.

use std::future::Future;
use std::sync::Arc;

use proconsul_types::check::Check;

use crate::catalog::{InstanceList, Instances, Near, NodeMeta, OfNode};
use crate::error::CallError;
use crate::read::{Answer, ReadOptions};

/// `/v1/health/`.
pub trait HealthCalls {
    /// `GET /v1/health/service/:service`, `health/connect/:service` and `health/ingress/:service`.
    fn health_service(
        &self,
        instances: Instances<'_>,
    ) -> impl Future<Output = Result<Answer<InstanceList>, CallError>> + Send;

    /// `GET /v1/health/node/:node`; the node by its name or its id.
    fn health_node(&self, node: OfNode<'_>) -> impl Future<Output = Result<Answer<Vec<Arc<Check>>>, CallError>> + Send;

    /// `GET /v1/health/checks/:service`.
    fn health_checks(
        &self,
        checks: Checks<'_>,
    ) -> impl Future<Output = Result<Answer<Vec<Arc<Check>>>, CallError>> + Send;

    /// `GET /v1/health/state/:state`; `any` for every status.
    fn health_state(
        &self,
        state: Checks<'_>,
    ) -> impl Future<Output = Result<Answer<Vec<Arc<Check>>>, CallError>> + Send;
}

/// Which checks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checks<'a> {
    /// The service, or the status.
    pub of: &'a str,
    /// Metadata their nodes must have.
    pub node_meta: NodeMeta,
    /// In whose order.
    pub near: Near,
    /// How to read.
    pub options: ReadOptions,
}
