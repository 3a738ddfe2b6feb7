//! The services and checks that this agent holds; the catalog is made to say the same.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use proconsul_types::check::Check;
use proconsul_types::registration::{CheckRegistration, ServiceRegistration};
use proconsul_types::service::Service;

use super::AgentError;

/// `/v1/agent/service*`, `check*` and `maintenance`.
pub trait LocalCalls {
    /// The services, in the order of their ids.
    fn services(&self) -> Vec<Arc<Service>>;

    /// The checks, in the order of their ids.
    fn checks(&self) -> Vec<Arc<Check>>;

    /// One service, now or when it is another than the caller knows.
    fn service(&self, asked: OneService<'_>) -> impl Future<Output = Result<ServiceContent, AgentError>> + Send;

    /// Holds a service and its checks; with `replace_existing_checks` all its other checks go.
    fn register_service(
        &self,
        service: ServiceRegistration,
        replace_existing_checks: bool,
    ) -> impl Future<Output = Result<(), AgentError>> + Send;

    /// Lets a service go, with its checks and its sidecar.
    fn deregister_service(&self, id: &str) -> impl Future<Output = Result<(), AgentError>> + Send;

    /// Holds a check.
    fn register_check(&self, check: CheckRegistration) -> impl Future<Output = Result<(), AgentError>> + Send;

    /// Lets a check go.
    fn deregister_check(&self, id: &str) -> impl Future<Output = Result<(), AgentError>> + Send;

    /// Tells a check with a time to live how it is.
    fn update_ttl(&self, id: &str, told: Applied) -> impl Future<Output = Result<(), AgentError>> + Send;

    /// Puts a service into maintenance, or with `None` ends that.
    fn service_maintenance(
        &self,
        id: &str,
        begin: Option<Maintenance<'_>>,
    ) -> impl Future<Output = Result<(), AgentError>> + Send;

    /// The same for the whole node.
    fn node_maintenance(&self, begin: Option<Maintenance<'_>>) -> impl Future<Output = Result<(), AgentError>> + Send;
}

/// How maintenance begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Maintenance<'a> {
    /// For people to read; empty for the usual words.
    pub reason: &'a str,
    /// The token of the request, with which the catalog is told; empty for the agent's.
    pub token: &'a str,
}

/// What a check is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// `passing`, `warning` or `critical`.
    pub status: String,
    /// For people to read.
    pub output: String,
}

/// Which service is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneService<'a> {
    /// Its id.
    pub id: &'a str,
    /// Wait while it is as the caller knows it.
    pub unless: Option<Unless<'a>>,
}

/// What the caller knows, and how long it waits for something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unless<'a> {
    /// The content hash it was told.
    pub hash: &'a str,
    /// How long it waits; `None` for the agent's default.
    pub at_most: Option<Duration>,
}

/// A service of this agent as it was registered.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceContent {
    /// The service.
    pub service: Arc<Service>,
    /// Another one for every other content: 16 hexadecimal digits.
    pub hash: String,
}
