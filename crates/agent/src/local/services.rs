//! The services of an agent: planned, held, let go.

use std::sync::Arc;

use proconsul_base::limit;
use proconsul_calls::agent::{AgentError, Unfit};
use proconsul_types::node::Text;
use proconsul_types::registration::ServiceRegistration;
use proconsul_types::service::Service;

use super::checks::PlannedCheck;
use super::{Source, State, registration, sidecar};

/// A service that is held.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldService {
    /// As the catalog is to say it.
    pub service: Arc<Service>,
    /// The token it is registered with; empty for the agent's.
    pub token: String,
    /// Where it came from.
    pub source: Source,
    /// Whether it came with another service, and goes with it.
    pub is_sidecar: bool,
    pub(crate) is_synced: bool,
    pub(crate) revision: u64,
}

/// A service with its checks that fits this agent, but is not held yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Holding {
    /// The service.
    pub service: Arc<Service>,
    /// Its checks.
    pub checks: Vec<PlannedCheck>,
    /// Checks it had and has no longer.
    pub dropped: Vec<Text>,
    /// The token it is registered with; empty for the agent's.
    pub token: String,
    /// Where it came from.
    pub source: Source,
    /// Whether it came with another service.
    pub is_sidecar: bool,
}

/// What goes together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removal {
    /// Ids of services: the one that was meant, and its sidecar.
    pub services: Vec<Text>,
    /// Ids of all their checks.
    pub checks: Vec<Text>,
}

impl State {
    /// The services, in the order of their ids.
    pub fn services(&self) -> impl Iterator<Item = &HeldService> {
        self.services.values()
    }

    /// The service of this id.
    pub fn service(&self, id: &str) -> Option<&HeldService> {
        self.services.get(id)
    }

    /// What holding this service would mean: itself, and its sidecar behind it. Statuses of checks that are known stay.
    pub fn plan_service(
        &self,
        registration: &ServiceRegistration,
        source: Source,
        replace_existing_checks: bool,
    ) -> Result<Vec<Holding>, AgentError> {
        if source == Source::Remote {
            registration::judge_service(registration)?;
        }
        let beside = registration.sidecar.as_deref();
        let beside = beside.map(|nested| sidecar::complete(self, registration, nested)).transpose()?;
        let mut plan = Vec::new();
        for (registration, is_sidecar) in
            [(Some(registration), false), (beside.as_ref(), true)].into_iter().filter_map(|(r, is)| Some((r?, is)))
        {
            let service = Arc::new(registration::service(registration, self.node_name())?);
            let checks = registration.checks.iter().enumerate();
            let checks = checks
                .map(|(place, check)| self.plan_check_of(&service, registration, place, check, source))
                .collect::<Result<Vec<_>, AgentError>>()?;
            let dropped = if replace_existing_checks { self.checks_without(&service.id, &checks) } else { Vec::new() };
            let token = registration.token.clone();
            plan.push(Holding { service, checks, dropped, token, source, is_sidecar });
        }
        let is_full = self.services.len() + plan.len() > limit::LOCAL_RECORDS;
        if is_full && plan.iter().any(|holding| !self.services.contains_key(&holding.service.id)) {
            return Err(Unfit::Full(limit::LOCAL_RECORDS).into());
        }
        Ok(plan)
    }

    /// Holds what was planned.
    pub fn hold(&mut self, holding: Holding) {
        let Holding { service, checks, dropped, token, source, is_sidecar } = holding;
        self.services_changed();
        let revision = self.revision();
        self.gone.services.remove(&service.id);
        let held = HeldService { service, token, source, is_sidecar, is_synced: false, revision };
        self.services.insert(held.service.id.clone(), held);
        for check in checks {
            self.hold_check(check);
        }
        for id in dropped {
            self.drop_check(&id);
        }
    }

    /// What goes with a service: its checks, and its sidecar with that one's checks. `None` when there is no such service.
    pub fn plan_removal(&self, id: &str) -> Option<Removal> {
        let held = self.services.get(id)?;
        let sidecar = sidecar::id(&held.service.id);
        let sidecar = self.services.get(&*sidecar).filter(|sidecar| sidecar.is_sidecar);
        let services: Vec<Text> =
            [Some(held), sidecar].into_iter().flatten().map(|held| held.service.id.clone()).collect();
        let of_these = |id: &&Text| services.contains(&self.checks[*id].check.service_id);
        let checks = self.checks.keys().filter(of_these).cloned().collect();
        Some(Removal { services, checks })
    }

    /// Lets go what was planned.
    pub fn let_go(&mut self, removal: &Removal) {
        for id in &removal.checks {
            self.drop_check(id);
        }
        for id in &removal.services {
            if let Some(held) = self.services.remove(id) {
                self.services_changed();
                self.gone.services.insert(id.clone(), held.token);
            }
        }
    }

    fn checks_without(&self, service: &Text, kept: &[PlannedCheck]) -> Vec<Text> {
        let of_it = self.checks.values().filter(|held| held.check.service_id == *service);
        let ids = of_it.map(|held| &held.check.id);
        ids.filter(|id| !kept.iter().any(|kept| kept.check.id == **id)).cloned().collect()
    }
}
