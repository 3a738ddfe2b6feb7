//! The services and checks of the fake node: the agent's real state, without a clock, a disk or anybody who carries checks out.

use std::sync::Arc;
use std::time::Duration;

use proconsul_agent::local::{Removal, Scripts, Settings, Shared, Source, State, maintenance_check_id};
use proconsul_base::index::Index;
use proconsul_base::rand::Rng;
use proconsul_base::time::Instant;
use proconsul_calls::agent::{AgentError, Applied, LocalCalls, Maintenance, OneService, ServiceContent, Unfit};
use proconsul_types::check::{Check, NODE_MAINTENANCE};
use proconsul_types::node::Node;
use proconsul_types::registration::{CheckRegistration, ServiceRegistration};
use proconsul_types::service::Service;

use crate::world::FakeLocal;

/// Of the node `one`, which holds nothing yet.
pub(crate) fn nothing() -> Shared {
    Shared::new(State::new(Settings {
        node: Node {
            id: None,
            name: "one".into(),
            address: "192.0.2.1".into(),
            datacenter: "dc1".into(),
            tagged_addresses: None,
            meta: None,
            create_index: Index::ZERO,
            modify_index: Index::ZERO,
        },
        sidecar_ports: Some(21_000..=21_255),
        check_update_interval: Duration::ZERO,
        discard_check_output: false,
        scripts: Scripts::default(),
    }))
}

impl LocalCalls for FakeLocal {
    fn services(&self) -> Vec<Arc<Service>> {
        self.held.services()
    }

    fn checks(&self) -> Vec<Arc<Check>> {
        self.held.checks()
    }

    /// Waits as long as it takes, as nobody here asks in vain.
    async fn service(&self, asked: OneService<'_>) -> Result<ServiceContent, AgentError> {
        let mut news = self.held.watch();
        loop {
            let content = self.held.service(asked.id)?;
            if asked.unless.is_none_or(|unless| unless.hash != content.hash) {
                return Ok(content);
            }
            news.changed().await.unwrap();
        }
    }

    async fn register_service(&self, service: ServiceRegistration, replace: bool) -> Result<(), AgentError> {
        let plan = self.held.look(|state| state.plan_service(&service, Source::Remote, replace))?;
        self.held.change(|state| plan.into_iter().for_each(|holding| state.hold(holding)));
        Ok(())
    }

    async fn deregister_service(&self, id: &str) -> Result<(), AgentError> {
        if let Some(removal) = self.held.look(|state| state.plan_removal(id)) {
            self.held.change(|state| state.let_go(&removal));
        }
        Ok(())
    }

    async fn register_check(&self, check: CheckRegistration) -> Result<(), AgentError> {
        let plan = self.held.look(|state| state.plan_check(&check, Source::Remote))?;
        self.held.change(|state| state.hold_check(plan));
        Ok(())
    }

    async fn deregister_check(&self, id: &str) -> Result<(), AgentError> {
        if id.is_empty() {
            return Err(Unfit::CheckId.into());
        }
        self.held.change(|state| state.let_go(&Removal { services: Vec::new(), checks: vec![id.into()] }));
        Ok(())
    }

    async fn update_ttl(&self, id: &str, told: Applied) -> Result<(), AgentError> {
        let mut rng = Rng::seeded(1);
        self.held.change(|state| state.tell(id, &told.status, &told.output, 4096, Instant::ZERO, &mut rng)).map(drop)
    }

    async fn service_maintenance(&self, id: &str, begin: Option<Maintenance<'_>>) -> Result<(), AgentError> {
        let Ok(ServiceContent { service, .. }) = self.held.service(id) else {
            return Err(AgentError::NotRegistered(id.to_owned()));
        };
        let Some(Maintenance { reason, token }) = begin else {
            return self.deregister_check(&maintenance_check_id(id)).await;
        };
        let plan = self.held.look(|state| state.plan_service_maintenance(&service, reason, token));
        self.held.change(|state| plan.into_iter().for_each(|plan| state.hold_check(plan)));
        Ok(())
    }

    async fn node_maintenance(&self, begin: Option<Maintenance<'_>>) -> Result<(), AgentError> {
        let Some(Maintenance { reason, token }) = begin else {
            return self.deregister_check(NODE_MAINTENANCE).await;
        };
        let plan = self.held.look(|state| state.plan_node_maintenance(reason, token));
        self.held.change(|state| plan.into_iter().for_each(|plan| state.hold_check(plan)));
        Ok(())
    }
}
