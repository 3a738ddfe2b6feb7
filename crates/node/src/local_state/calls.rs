//! `/v1/agent/service*`, `check*` and `maintenance`, answered.

use std::sync::Arc;
use std::time::Duration;

use proconsul_agent::local::maintenance_check_id;
use proconsul_calls::agent::{AgentError, Applied, LocalCalls, Maintenance, OneService, ServiceContent, Unfit, Unless};
use proconsul_types::check::{Check, NODE_MAINTENANCE};
use proconsul_types::registration::{CheckRegistration, ServiceRegistration};
use proconsul_types::service::Service;

use super::LocalState;
use crate::local::Node;

/// How long a caller waits for another content that does not say: Consul's `defaultQueryTime` of agents.
const WAIT: Duration = Duration::from_secs(300);

/// The longest that a caller may wait: Consul's `maxQueryTime` of agents.
const WAIT_MAX: Duration = Duration::from_secs(600);

/// The wait is lengthened by up to this part of it, so that callers do not come back all at once.
const WAIT_STAGGER: u32 = 16;

impl LocalCalls for Node {
    fn services(&self) -> Vec<Arc<Service>> {
        self.local.held.services()
    }

    fn checks(&self) -> Vec<Arc<Check>> {
        self.local.held.checks()
    }

    async fn service(&self, asked: OneService<'_>) -> Result<ServiceContent, AgentError> {
        match asked.unless {
            None => self.local.held.service(asked.id),
            Some(unless) => self.local.other_content(asked.id, unless).await,
        }
    }

    async fn register_service(
        &self,
        service: ServiceRegistration,
        replace_existing_checks: bool,
    ) -> Result<(), AgentError> {
        self.local.register_service(&service, replace_existing_checks).await
    }

    async fn deregister_service(&self, id: &str) -> Result<(), AgentError> {
        if id.is_empty() {
            return Err(Unfit::ServiceId.into());
        }
        self.local.deregister_service(id).await
    }

    async fn register_check(&self, check: CheckRegistration) -> Result<(), AgentError> {
        self.local.register_check(&check).await
    }

    async fn deregister_check(&self, id: &str) -> Result<(), AgentError> {
        if id.is_empty() {
            return Err(Unfit::CheckId.into());
        }
        self.local.deregister_check(id).await
    }

    async fn update_ttl(&self, id: &str, told: Applied) -> Result<(), AgentError> {
        self.local.tell(id, &told).await
    }

    async fn service_maintenance(&self, id: &str, begin: Option<Maintenance<'_>>) -> Result<(), AgentError> {
        let service = self.local.held.service(id).map_err(|_| AgentError::NotRegistered(id.to_owned()))?.service;
        match begin {
            Some(Maintenance { reason, token }) => {
                self.local.keep_check(|state| state.plan_service_maintenance(&service, reason, token)).await
            }
            None => self.local.deregister_check(&maintenance_check_id(id)).await,
        }
    }

    async fn node_maintenance(&self, begin: Option<Maintenance<'_>>) -> Result<(), AgentError> {
        match begin {
            Some(Maintenance { reason, token }) => {
                self.local.keep_check(|state| state.plan_node_maintenance(reason, token)).await
            }
            None => self.local.deregister_check(NODE_MAINTENANCE).await,
        }
    }
}

impl LocalState {
    async fn other_content(&self, id: &str, unless: Unless<'_>) -> Result<ServiceContent, AgentError> {
        let at_most = unless.at_most.filter(|wait| !wait.is_zero()).unwrap_or(WAIT).min(WAIT_MAX);
        let at_most = at_most + self.rng.lock().duration_below(at_most / WAIT_STAGGER);
        let over = tokio::time::sleep(at_most);
        tokio::pin!(over);
        let mut news = self.held.watch();
        loop {
            let known = news.borrow_and_update().services;
            let content = self.held.service(id)?;
            if content.hash != unless.hash {
                return Ok(content);
            }
            tokio::select! {
                changed = news.wait_for(|version| version.services != known) => match changed {
                    Ok(_) => {}
                    Err(_) => return Ok(content),
                },
                () = &mut over => return Ok(content),
            }
        }
    }
}
